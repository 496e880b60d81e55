"""Hand-made input of the receive path: packets, keys, a call, a DAVE group."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import discord
import nacl.bindings
import numpy as np

from discord_bot.receive.opus import load_libopus
from discord_bot.receive.ports import FrameKind
from pipeline.audio import SPOKEN_FRAME, SPOKEN_RATE, Pcm16
from server.engines.espeak import EspeakEngine, EspeakVoice
from tests.pipeline.conftest import at_rate

XCHACHA = "aead_xchacha20_poly1305_rtpsize"
AES = "aead_aes256_gcm_rtpsize"
BOT = 1
ANN = 11
BEN = 12


def tone(hz: float, seconds: float, rate: int = SPOKEN_RATE, level: float = 8000.0) -> Pcm16:
    t = np.arange(int(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.int16)


def speech(text: str) -> Pcm16:
    """Words in espeak-ng's voice, ``int16[n]`` at 48 kHz.

    Encoders add redundancy only to what they classify as speech; tones may not be.
    """
    with EspeakEngine() as engine:
        pcm = np.frombuffer(b"".join(engine.synthesize(text, EspeakVoice())), np.int16)
        return at_rate(pcm, engine.rate, SPOKEN_RATE)


def pitch(pcm: Pcm16, rate: int = 16_000) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(pcm.astype(np.float64) * np.hanning(len(pcm))))
    return float(np.argmax(spectrum)) * rate / len(pcm)


def opus_frames(pcm: Pcm16) -> list[bytes]:
    """48 kHz mono to Opus packets of 20 ms, with redundancy for loss as Discord's clients send."""
    load_libopus()
    encoder = discord.opus.Encoder(
        application="voip", bitrate=64, fec=True, expected_packet_loss=0.3, signal_type="voice"
    )
    stereo = np.repeat(pcm, 2)
    frames = range(0, len(pcm) - SPOKEN_FRAME + 1, SPOKEN_FRAME)
    return [
        encoder.encode(stereo[2 * i : 2 * (i + SPOKEN_FRAME)].tobytes(), SPOKEN_FRAME)
        for i in frames
    ]


def rtp(
    frame: bytes,
    key: bytes,
    *,
    sequence: int = 0,
    ssrc: int = 500,
    payload_type: int = 120,
    padding: int = 0,
    extension: bytes | None = None,
    csrcs: int = 0,
    nonce: int = 7,
) -> bytes:
    """One datagram as the voice server encrypts it (xchacha20, rtpsize)."""
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension is not None else 0) | csrcs
    timestamp = sequence * 960 & 0xFFFFFFFF
    head = struct.pack(">BBHII", first, payload_type, sequence & 0xFFFF, timestamp, ssrc)
    head += bytes(4 * csrcs)
    body = frame
    if extension is not None:
        head += struct.pack(">HH", 0xBEDE, len(extension) // 4)
        body = extension + body
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    nonce4 = struct.pack(">I", nonce)
    sealed: bytes = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        body, head, nonce4 + bytes(20), key
    )
    return head + sealed + nonce4


@dataclass
class Group:
    """A member's view of a DAVE group, with the interface of davey's session.

    It has davey's rules without its cryptography: a frame is decrypted once, with the sender's key,
    in the current epoch or the one before.
    """

    members: list[int] = field(default_factory=lambda: [BOT, ANN, BEN])
    epoch: int = 1
    ready: bool = True
    passthrough: bool = False
    opened: set[bytes] = field(default_factory=set)

    @property
    def voice_privacy_code(self) -> str | None:
        return f"{self.epoch:030d}" if self.epoch else None

    def get_user_ids(self) -> list[str]:
        return [str(member) for member in self.members]

    def decrypt(self, user_id: int, media_type: Any, packet: bytes) -> bytes:
        if packet[-2:] != b"\xfa\xfa":
            if self.passthrough:
                return packet
            raise ValueError("Failed to decrypt: UnencryptedWhenPassthroughDisabled")
        if user_id not in self.members:
            raise ValueError("Failed to decrypt: NoDecryptorForUser")
        for epoch in (self.epoch, self.epoch - 1):
            opus = unseal(packet, user_id, epoch)
            if opus is not None and packet not in self.opened:
                self.opened.add(packet)
                return opus
        raise ValueError("Failed to decrypt: NoValidCryptorFound")


def seal(opus: bytes, user_id: int, epoch: int, nonce: int = 0) -> bytes:
    """An end-to-end encrypted frame for `Group`, with the footer that real ones have."""
    return (
        _mask(opus, user_id, epoch)
        + _tag(opus, user_id, epoch)
        + bytes([nonce % 127, 12])
        + (b"\xfa\xfa")
    )


def unseal(frame: bytes, user_id: int, epoch: int) -> bytes | None:
    opus = _mask(frame[:-12], user_id, epoch)
    return opus if frame[-12:-4] == _tag(opus, user_id, epoch) else None


def _mask(data: bytes, user_id: int, epoch: int) -> bytes:
    stream = hashlib.shake_128(f"{user_id}/{epoch}".encode()).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _tag(opus: bytes, user_id: int, epoch: int) -> bytes:
    return hashlib.sha256(opus + f"/{user_id}/{epoch}".encode()).digest()[:8]


@dataclass
class FakeCall:
    """A call that a test can change in every part."""

    key: Any = field(default_factory=lambda: list(range(32)))
    mode: str = XCHACHA
    dave_version: int = 1
    dave_session: Group | None = field(default_factory=Group)
    own_id: int = BOT
    lost: bool = False
    present: set[int] = field(default_factory=lambda: {ANN, BEN})
    bots: set[int] = field(default_factory=set)

    def others(self) -> set[int]:
        return self.present

    def is_bot(self, user_id: int) -> bool:
        return user_id in self.bots


@dataclass
class RecordingSink:
    """A sink that records frames and users who left."""

    frames: list[tuple[int, Pcm16, FrameKind]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        self.frames.append((user_id, pcm, kind))

    def on_user_left(self, user_id: int) -> None:
        self.left.append(user_id)

    def kinds(self, user_id: int) -> list[FrameKind]:
        return [kind for user, _, kind in self.frames if user == user_id]

    def pcm(self, user_id: int, *kinds: FrameKind) -> Pcm16:
        parts: Iterable[Pcm16] = (
            pcm
            for user, pcm, kind in self.frames
            if user == user_id and (not kinds or kind in kinds)
        )
        return np.concatenate([np.empty(0, np.int16), *parts])

    def ms(self, user_id: int, *kinds: FrameKind) -> float:
        return len(self.pcm(user_id, *kinds)) / 16
