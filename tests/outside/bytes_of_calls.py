"""Readers of a call's packets, of the posts in its channel, and of log lines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import discord

from discord_bot.messages.message_parts import before_cluster, is_cut, message_parts, units, within
from discord_bot.messages.posting import post
from discord_bot.messages.shown_links import show_addresses
from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.dave import DaveDecryptor, find_sender, looks_encrypted
from discord_bot.receive.errors import ReceiveError
from discord_bot.receive.receiver import Receiver
from discord_bot.receive.reorder import ReorderBuffer
from discord_bot.receive.rtp import (
    ReplayFilter,
    RtpPacket,
    decrypt_datagram,
    extract_payload,
    parse_header,
)
from discord_bot.receive.speaker_decoder import OpusDecoder
from logs.lines import LineFormatter, printable, printable_lines
from tests.discord_bot.receive.packets import ANN, BEN, FakeCall, Group, RecordingSink
from tests.outside.subject import Subject, raw
from translations import verbatim

_FRAME_BYTES: Final = 100
_HEADER: Final = b"\x90\x78" + bytes(10) + b"\xbe\xde\x00\x00"


def _packets(text: str) -> list[RtpPacket]:
    """A stream of packets whose numbers and frames are the bytes of a text."""
    data = raw(text)
    return [
        RtpPacket(
            int.from_bytes(data[at : at + 2], "big"), 500, at / 5000, data[at : at + _FRAME_BYTES]
        )
        for at in range(0, len(data), _FRAME_BYTES)
    ]


def _reorder(text: str) -> object:
    buffer = ReorderBuffer(ReceiveCounters())
    return [buffer.push(packet) for packet in _packets(text)], buffer.flush()


def _dave(text: str) -> object:
    dave, group = DaveDecryptor(ReceiveCounters()), Group()
    for packet in _packets(text):
        dave.decrypt(group, 1, ANN, packet)
        group.epoch += 1
        dave.retry(group, packet.at)
    return dave


def _replay(text: str) -> object:
    copies = ReplayFilter()
    return [copies.is_duplicate(number, number) for number in raw(text)]


def _receive(text: str) -> object:
    receiver = Receiver(FakeCall())
    receiver.sink = RecordingSink()
    receiver.datagram(_HEADER + raw(text), 0.0)
    for packet in _packets(text):
        receiver.datagram(_HEADER + packet.frame, packet.at)
        receiver.tick(packet.at)
    return receiver.counters


def _voice_messages(text: str) -> object:
    receiver = Receiver(FakeCall())
    receiver.voice_message(5, {"user_id": "11", "ssrc": 5, "speaking": text})
    receiver.voice_message(12, {"user_id": "11", "audio_ssrc": 5, "video_ssrc": text})
    return receiver.counters


def _post(text: str) -> object:
    parts: list[str] = []

    async def send(part: str, files: Sequence[discord.File]) -> None:
        parts.append(part)

    async def twice() -> None:
        await post(send, verbatim(text), "en")
        await post(send, verbatim(text), "en", as_file=True)

    asyncio.run(twice())
    return parts


def _log(text: str) -> object:
    record = logging.LogRecord("a", logging.INFO, "a.py", 1, "%s", (text,), None)
    record.exc_text = text
    return LineFormatter().format(record)


SUBJECTS: Final = (
    Subject("discord_bot.messages.message_parts:message_parts", lambda t: list(message_parts(t))),
    Subject("discord_bot.messages.posting:post", _post),
    Subject(
        "discord_bot.messages.message_parts:before_cluster",
        lambda t: before_cluster(t, 0, len(t) - 1),
    ),
    Subject("discord_bot.messages.message_parts:is_cut", lambda t: is_cut(t, len(t) // 2)),
    Subject("discord_bot.messages.message_parts:units", units),
    Subject("discord_bot.messages.shown_links:show_addresses", show_addresses),
    Subject(
        "discord_bot.messages.shown_links:show_addresses, of a link",
        lambda t: show_addresses(f"[a.b{t}](https://c.d/{t})"),
    ),
    Subject("discord_bot.messages.message_parts:within", lambda t: within(t, 0, len(t))),
    Subject("discord_bot.receive.dave:DaveDecryptor", _dave),
    Subject("discord_bot.receive.dave:looks_encrypted", lambda t: looks_encrypted(raw(t))),
    Subject(
        "discord_bot.receive.dave:find_sender",
        lambda t: find_sender(Group(), raw(t) + b"\xfa\xfa", [ANN, BEN]),
    ),
    Subject(
        "discord_bot.receive.speaker_decoder:OpusDecoder.decode",
        lambda t: OpusDecoder().decode(raw(t)),
        (ReceiveError,),
    ),
    Subject(
        "discord_bot.receive.speaker_decoder:OpusDecoder.recover",
        lambda t: OpusDecoder().recover(raw(t)),
        (ReceiveError,),
    ),
    Subject("discord_bot.receive.receiver:Receiver.datagram", _receive),
    Subject("discord_bot.receive.receiver:Receiver.voice_message", _voice_messages),
    Subject("discord_bot.receive.reorder:ReorderBuffer", _reorder),
    Subject("discord_bot.receive.rtp:ReplayFilter", _replay),
    Subject(
        "discord_bot.receive.rtp:parse_header",
        lambda t: parse_header(_HEADER + raw(t)),
        (ReceiveError,),
    ),
    Subject(
        "discord_bot.receive.rtp:extract_payload",
        lambda t: extract_payload(parse_header(_HEADER + bytes(20)), raw(t)),
        (ReceiveError,),
    ),
    Subject(
        "discord_bot.receive.rtp:decrypt_datagram",
        lambda t: decrypt_datagram(
            "aead_xchacha20_poly1305_rtpsize", range(32), _HEADER + raw(t), 16
        ),
        (ReceiveError,),
    ),
    Subject("logs.lines:LineFormatter.format", _log),
    Subject("logs.lines:printable", printable),
    Subject("logs.lines:printable_lines", printable_lines),
)
