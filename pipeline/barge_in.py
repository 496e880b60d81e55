"""Speech over a reply: duck at once, fall silent, then decide. Sans-I/O like turn_taking.

Whoever speaks over a reply wants to be heard at once, but not everyone wants the floor: "mm-hm",
a cough and talk to somebody else must not end the answer. So the reply first goes quiet (duck),
then silent with its place kept (hold), and is ended or taken up again when it is known what was
said. A decision that never comes takes the reply up again: the bot must not stay silent because a
model is slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from pipeline.settings import BargeInSettings


class Action(Enum):
    """What the loudspeaker is to do."""

    DUCK = auto()
    HOLD = auto()
    RESUME = auto()
    STOP = auto()


class _State(Enum):
    CLEAR = auto()
    DUCKED = auto()
    HELD = auto()
    OVER = auto()


@dataclass(slots=True)
class _Overlap:
    since: float
    ended: float | None = None


class BargeIn:
    """The overlaps of one reply. Make one when a reply begins to sound, drop it when it ends."""

    def __init__(self, settings: BargeInSettings) -> None:
        self._settings = settings
        self._overlaps: dict[int, _Overlap] = {}
        self._state = _State.CLEAR

    def speech_started(self, speaker: int, at: float) -> list[Action]:
        """Somebody begins to speak at ``at`` (seconds) while the reply sounds."""
        if self._state is _State.OVER:
            return []
        self._overlaps.setdefault(speaker, _Overlap(at)).ended = None
        if self._state is not _State.CLEAR:
            return []
        self._state = _State.DUCKED
        return [Action.DUCK]

    def speech_ended(self, speaker: int, at: float) -> None:
        """Their turn is over; the decision may still be under way."""
        overlap = self._overlaps.get(speaker)
        if overlap is not None:
            overlap.ended = at

    def decided(self, speaker: int, *, interrupts: bool) -> list[Action]:
        """What this speaker said is known: does it take the floor?"""
        if self._state is _State.OVER or speaker not in self._overlaps:
            return []
        if interrupts:
            self._state = _State.OVER
            return [Action.STOP]
        del self._overlaps[speaker]
        return self._resume_if_clear()

    def tick(self, now: float) -> list[Action]:
        """Call every few frames: holds a reply that is spoken over, gives up on lost decisions."""
        if self._state in (_State.CLEAR, _State.OVER):
            return []
        for speaker, overlap in list(self._overlaps.items()):
            if self._is_lost(overlap, now):
                del self._overlaps[speaker]
        if not self._overlaps:
            return self._resume_if_clear()
        longest_ms = max(now - overlap.since for overlap in self._overlaps.values()) * 1000
        if self._state is _State.DUCKED and longest_ms >= self._settings.hold_after_ms:
            self._state = _State.HELD
            return [Action.HOLD]
        return []

    def _is_lost(self, overlap: _Overlap, now: float) -> bool:
        if overlap.ended is not None:
            return (now - overlap.ended) * 1000 >= self._settings.decide_within_ms
        return (now - overlap.since) * 1000 >= self._settings.longest_overlap_ms

    def _resume_if_clear(self) -> list[Action]:
        if self._overlaps:
            return []
        self._state = _State.CLEAR
        return [Action.RESUME]
