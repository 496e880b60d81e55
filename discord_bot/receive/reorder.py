"""The jitter buffer of one stream: puts packets in order, and decides about lost ones.

A packet of padding alone takes a sequence number but produces no step.

Pure: the time comes in with the packets and with `due`.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.rtp import RtpPacket

HOLD_S: Final = 0.06
"""How long packets wait for a missing one before them: three frames."""
MAX_CONCEAL: Final = 5
"""Frames; a longer gap is a pause, not loss (Opus fades to silence by then)."""
_PAUSE_S: Final = 0.3
"""After a silence of this length, nothing is concealed from the sound before it."""
_RESTART_AHEAD: Final = 500
_RESTART_BEHIND: Final = 100
"""A jump by more packets than this is a new stream under the old SSRC."""
_RESTART_S: Final = 1.0
"""So is a step back after a silence of this length."""
_MAX_HELD: Final = 50


class ReorderAction(Enum):
    DECODE = "decode"
    """Decode this packet."""
    RECOVER = "recover"
    """Rebuild the lost packet before this one from this one's redundancy."""
    CONCEAL = "conceal"
    """Conceal one lost packet."""


class ReorderStep(NamedTuple):
    action: ReorderAction
    packet: RtpPacket
    """For a lost packet, the first one that came after it."""


def ahead(sequence: int, of: int) -> int:
    """How far a 16-bit sequence number lies ahead of another; negative if behind."""
    return ((sequence - of + 0x8000) & 0xFFFF) - 0x8000


class ReorderBuffer:
    """Turns packets into steps for the decoder. A packet in order is released at once."""

    def __init__(self, counters: ReceiveCounters) -> None:
        self._counters = counters
        self._next: int | None = None
        self._held: dict[int, RtpPacket] = {}
        self._newest_at = 0.0
        self._released_at = 0.0

    @property
    def holding(self) -> bool:
        """Whether packets wait for a missing one, so that `due` must be called."""
        return bool(self._held)

    def push(self, packet: RtpPacket) -> list[ReorderStep]:
        if self._next is None:
            self._next = packet.sequence
        distance = ahead(packet.sequence, self._next)
        steps: list[ReorderStep] = []
        if self._restarts(distance, packet.at):
            steps = self.flush()
            self._next = packet.sequence
        elif distance < 0:
            self._counters.late += 1
            return []
        elif packet.sequence in self._held:
            self._counters.duplicate += 1
            return []
        self._newest_at = max(self._newest_at, packet.at)
        self._held[packet.sequence] = packet
        return steps + self.due(packet.at)

    def due(self, now: float) -> list[ReorderStep]:
        """The steps that are due: for packets in order, and for those that waited `HOLD_S`."""
        steps: list[ReorderStep] = []
        while self._held and self._next is not None:
            packet = self._held.pop(self._next, None)
            if packet is not None:
                self._next = (packet.sequence + 1) & 0xFFFF
                if packet.frame:
                    steps.append(ReorderStep(ReorderAction.DECODE, packet))
                    self._released_at = packet.at
            elif self._waited(now):
                steps += self._skip_gap()
            else:
                break
        return steps

    def flush(self) -> list[ReorderStep]:
        """Decode all held packets, without concealing any. Empties the buffer."""
        order = sorted(self._held.values(), key=lambda p: ahead(p.sequence, self._next or 0))
        self._held.clear()
        self._next = None
        return [ReorderStep(ReorderAction.DECODE, packet) for packet in order if packet.frame]

    def _restarts(self, distance: int, at: float) -> bool:
        if distance >= 0:
            return distance > _RESTART_AHEAD
        return distance < -_RESTART_BEHIND or at - self._newest_at > _RESTART_S

    def _waited(self, now: float) -> bool:
        oldest = min(packet.at for packet in self._held.values())
        return now - oldest >= HOLD_S or len(self._held) >= _MAX_HELD

    def _skip_gap(self) -> list[ReorderStep]:
        """Give up the missing packets, and move on to the first one after them."""
        assert self._next is not None
        start = self._next
        follower = min(self._held.values(), key=lambda p: ahead(p.sequence, start))
        lost = ahead(follower.sequence, start)
        self._next = follower.sequence
        if lost > MAX_CONCEAL:
            return []
        rebuilt = 1 if follower.frame else 0
        concealed = 0 if follower.at - self._released_at > _PAUSE_S else lost - rebuilt
        return [ReorderStep(ReorderAction.CONCEAL, follower)] * concealed + [
            ReorderStep(ReorderAction.RECOVER, follower)
        ] * rebuilt
