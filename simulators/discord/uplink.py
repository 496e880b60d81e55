"""Validation of the RTP packets that the bot sends."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from typing import Final

from simulators.discord.rtp import OPUS, SAMPLES_PER_FRAME, SentRtp

_REMEMBERED_NONCES: Final = 10_000
_SEQUENCES: Final = 1 << 16
_TIMESTAMPS: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class SentPacket:
    """One audio packet of the bot, as the media server received it."""

    at: float
    """``time.monotonic()``."""
    sequence: int
    timestamp: int
    silence: bool


class Uplink:
    """Checks the packets of one voice session, in order.

    Loopback neither loses nor reorders, so a sequence step other than one is the client's error.
    Clients may or may not count a pause into the timestamp.
    """

    def __init__(self) -> None:
        self._last: SentRtp | None = None
        self._nonces: set[int] = set()
        self._nonce_order: deque[int] = deque()

    def check(self, packet: SentRtp, nonce: int) -> list[str]:
        """The packet's errors in words; empty if there are none."""
        wrong = []
        if packet.payload_type != OPUS:
            wrong.append(f"payload type {packet.payload_type}, which is not Opus ({OPUS})")
        if not packet.payload:
            wrong.append("an empty payload")
        if nonce in self._nonces:
            wrong.append(f"nonce {nonce} was used before with the same key")
        self._remember(nonce)
        last, self._last = self._last, packet
        if last is not None:
            wrong += _discontinuity(last, packet)
        return wrong

    def _remember(self, nonce: int) -> None:
        self._nonces.add(nonce)
        self._nonce_order.append(nonce)
        if len(self._nonce_order) > _REMEMBERED_NONCES:
            self._nonces.discard(self._nonce_order.popleft())


def _discontinuity(last: SentRtp, packet: SentRtp) -> list[str]:
    wrong = []
    step = (packet.sequence - last.sequence) % _SEQUENCES
    if step != 1:
        wrong.append(f"sequence {packet.sequence} after {last.sequence}")
    advance = (packet.timestamp - last.timestamp) % _TIMESTAMPS
    # discord.py starts at zero again where the number would not fit, instead of wrapping.
    wrapped = packet.timestamp == 0 and last.timestamp + SAMPLES_PER_FRAME >= _TIMESTAMPS
    forward = 0 < advance < _TIMESTAMPS // 2 and advance % SAMPLES_PER_FRAME == 0
    if not wrapped and not forward:
        wrong.append(f"timestamp {packet.timestamp} after {last.timestamp}")
    return wrong


def intervals_ms(packets: list[SentPacket]) -> list[float]:
    """Times between consecutive voiced packets of one talk, in ms; pauses over 1 s are left out."""
    voiced = [packet for packet in packets if not packet.silence]
    steps = [1000 * (b.at - a.at) for a, b in itertools.pairwise(voiced)]
    return [step for step in steps if step < 1000]
