"""From datagrams to each speaker's audio: everything between the socket and the sink.

    datagram -> RTP header -> transport decryption -> extension and padding off -> duplicates out
             -> stream to speaker -> DAVE decryption -> reorder -> Opus -> sink

Sans-I/O: datagrams, voice messages and the time come in by method calls, on one thread.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from discord_bot.receive.attribution import Attributed, Attribution
from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.dave import DaveDecryptor
from discord_bot.receive.errors import NotAudio, TransportRefused
from discord_bot.receive.ports import AudioSink, CallState, FrameKind
from discord_bot.receive.receive_health import ReceiveHealth
from discord_bot.receive.route import RouteWatch
from discord_bot.receive.rtp import (
    ReplayFilter,
    RtpPacket,
    decrypt_datagram,
    extract_payload,
    parse_header,
)
from discord_bot.receive.speaker_decoder import SpeakerDecoder
from logs import FaultLog
from pipeline.audio import Pcm16

log = logging.getLogger(__name__)

SPEAKING: Final = 5
CLIENT_CONNECT: Final = 12
CLIENT_DISCONNECT: Final = 13


class Receiver:
    """Receives the audio of one call."""

    def __init__(self, call: CallState) -> None:
        self.counters = ReceiveCounters()
        self.health = ReceiveHealth()
        self.route = RouteWatch()
        self.sink: AudioSink | None = None
        self.ignored_users: set[int] = set()
        """User ids whose packets are dropped before DAVE decryption."""
        self.admits: Callable[[int], bool] = lambda _: True
        """Whether a user's packets are decrypted; called for every packet."""
        self._faults = FaultLog(log)
        self._call = call
        self._key: Sequence[int] = ()
        self._replays = ReplayFilter()
        self._attribution = Attribution(call, self.counters)
        self._dave = DaveDecryptor(self.counters)
        self._decoders: dict[int, SpeakerDecoder] = {}

    # -- input -------------------------------------------------------------------------------

    def datagram(self, data: bytes, at: float) -> None:
        """One UDP datagram that arrived at ``at`` on the event loop's clock. Never raises."""
        self.counters.datagrams += 1
        self.route.received(data, at)
        try:
            self._datagram(data, at)
        except Exception:
            self._failed("handling a voice packet")

    def voice_message(self, op: int, data: dict[str, Any]) -> None:
        """A JSON message of the voice gateway, after discord.py handled it. Never raises."""
        try:
            self._voice_message(op, data)
        except Exception:
            self._failed(f"handling voice op {op}")

    def tick(self, now: float) -> None:
        """Release what has waited long enough. Due every 20 ms while `pending`. Never raises."""
        try:
            self._tick(now)
        except Exception:
            self._failed("the receive clock's tick")

    @property
    def pending(self) -> bool:
        """Whether packets wait for a key, a speaker, or a missing packet."""
        return (
            self._dave.waiting
            or self._attribution.waiting
            or any(decoder.holding for decoder in self._decoders.values())
        )

    # -- state -------------------------------------------------------------------------------

    def observe(self, now: float) -> None:
        """Pass the state of the call to `health`."""
        call = self._call
        groupless = not self._is_in_group() and bool(call.others())
        self.health.observe(now, groupless=groupless, lost=call.lost)

    def can_be_heard(self) -> bool:
        """Whether all other users can decrypt the audio that the bot sends now."""
        return bool(self._call.key) and (self._is_in_group() or not self._call.others())

    def _is_in_group(self) -> bool:
        session = self._call.dave_session
        return self._call.dave_version == 0 or (session is not None and session.ready)

    # -- one packet --------------------------------------------------------------------------

    def _datagram(self, data: bytes, at: float) -> None:
        packet = self._decrypt_transport(data, at)
        if packet is None:
            return
        if self.sink is None:
            self.counters.unwanted += 1
            return
        if self._replays.is_duplicate(packet.ssrc, packet.sequence):
            self.counters.duplicate += 1
            return
        self._retry(at)
        user_id = self._attribution.user_of(packet.ssrc)
        if user_id is not None:
            self._from_user(user_id, packet)
        elif found := self._attribution.unknown(packet):
            self._attributed(found)
        else:
            self.counters.unknown_ssrc += 1
            if self._call.dave_version:  # without DAVE, a new session would not help
                self._refused(packet, "unknown speaker")

    def _decrypt_transport(self, data: bytes, at: float) -> RtpPacket | None:
        try:
            header = parse_header(data)
        except NotAudio:
            self.counters.not_audio += 1
            return None
        self._check_session()
        try:
            plain = decrypt_datagram(self._call.mode, self._key, data, header.size)
        except TransportRefused:
            self.counters.transport_fail += 1
            self.health.refused(at, "transport key")
            return None
        try:
            frame = extract_payload(header, plain)
        except NotAudio:
            self.counters.malformed += 1
            return None
        self.counters.empty += not frame
        return RtpPacket(header.sequence, header.ssrc, at, frame)

    def _from_user(self, user_id: int, packet: RtpPacket) -> None:
        call = self._call
        session, version = call.dave_session, call.dave_version
        ignored = user_id in self.ignored_users or not self.admits(user_id)
        if ignored or call.is_bot(user_id):
            self.counters.ignored += 1
        elif packet.decrypted or self._dave.decrypt(session, version, user_id, packet):
            self._decode(user_id, packet)
        else:
            self._refused(packet, "DAVE key")

    def _decode(self, user_id: int, packet: RtpPacket) -> None:
        self.counters.decrypted += 1
        if packet.is_speech:  # other packets are never encrypted, and prove nothing
            self.health.decrypted()
        decoder = self._decoders.get(packet.ssrc)
        if decoder is None:
            decoder = SpeakerDecoder(user_id, self.counters, self._emit)
            self._decoders[packet.ssrc] = decoder
        decoder.push(packet)

    def _refused(self, packet: RtpPacket, why: str) -> None:
        if packet.is_speech:
            self.health.refused(packet.at, why)

    def _emit(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        if self.sink is None:
            return
        try:
            self.sink.on_audio(user_id, pcm, kind)
        except Exception:
            self._failed("the sink of a speaker's audio")

    # -- waiting packets ---------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self.observe(now)
        self._retry(now)
        for decoder in list(self._decoders.values()):
            if decoder.holding:
                decoder.due(now)

    def _retry(self, now: float) -> None:
        """Decrypt with the group's new key, and attribute what can be attributed since."""
        if self._dave.waiting:
            for user_id, packet in self._dave.retry(self._call.dave_session, now):
                if user_id in self.ignored_users or not self.admits(user_id):
                    self.counters.ignored += 1  # left out since the packet came
                else:
                    self._decode(user_id, packet)
        if self._attribution.waiting:
            for found in self._attribution.reconsider(now):
                self._attributed(found)

    def _attributed(self, found: Attributed) -> None:
        for ssrc in found.outdated:
            ended = self._end_stream(ssrc)
            if ended is not None and ended.user_id != found.user_id:
                self.counters.last_frame_at.pop(ended.user_id, None)
        for packet in found.packets:
            self._from_user(found.user_id, packet)

    # -- users and sessions ------------------------------------------------------------------

    def _voice_message(self, op: int, data: dict[str, Any]) -> None:
        # Op 4 begins a voice session. The speakers named after it belong to the new one.
        self._check_session()
        found: Attributed | None = None
        if op == SPEAKING and "user_id" in data:
            found = self._attribution.named(int(data["ssrc"]), int(data["user_id"]))
        elif op == CLIENT_CONNECT and data.get("audio_ssrc"):
            found = self._attribution.named(int(data["audio_ssrc"]), int(data["user_id"]))
        elif op == CLIENT_DISCONNECT:
            self._user_left(int(data["user_id"]))
        if found is not None:
            self._attributed(found)

    def _end_stream(self, ssrc: int) -> SpeakerDecoder | None:
        self._replays.forget(ssrc)
        decoder = self._decoders.pop(ssrc, None)
        if decoder is not None:
            decoder.flush()
        return decoder

    def _user_left(self, user_id: int) -> None:
        for ssrc in self._attribution.forget(user_id):
            self._end_stream(ssrc)
        self._dave.forget(user_id)
        self.counters.last_frame_at.pop(user_id, None)
        if self.sink is not None:
            self.sink.on_user_left(user_id)

    def _check_session(self) -> None:
        """Reset after a new key: a new voice session has other streams, and maybe other users."""
        if self._call.key is self._key:
            return
        self._key = self._call.key
        heard = {decoder.user_id for decoder in self._decoders.values()}
        for ssrc in list(self._decoders):
            self._end_stream(ssrc)
        self._attribution.clear()
        self._dave.forget()
        self._replays.clear()
        self.health.session_started()
        self.route.session_started()
        for user_id in sorted(heard.difference(self._call.others())):
            self._user_left(user_id)

    def _failed(self, what: str) -> None:
        """Count and log the exception being handled; the receive path must continue."""
        self.counters.errors += 1
        self._faults.tell(logging.ERROR, "%s failed; continuing", what, error=sys.exception())
