"""Speech over a reply: duck at once, fall silent, then decide. Sans-I/O like turn_taking.

Whoever speaks over a reply wants to be heard at once, but not everyone wants the floor: "mm-hm",
a cough and talk to somebody else must not end the answer. So the reply first goes quiet (duck),
then silent with its place kept (hold), and is ended or taken up again when it is known what was
said. A decision that never comes takes the reply up again: the bot must not stay silent because a
model is slow.

A reply that has not begun to sound waits for those who are speaking, but not for long. Nobody can
take the floor from it yet: what is said to the agent before an answer joins the turn, or waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from pipeline.settings import BargeInSettings


class InterruptionAction(Enum):
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
    claims: bool = False
    """What was said so far is for the agent; the rest of it is waited for."""


class Interruption:
    """The overlaps of one reply. Make one when a reply begins, drop it when it ends.

    ``sounding`` tells whether the answer is being heard already; `sound_began` tells it later.
    """

    def __init__(self, settings: BargeInSettings, *, sounding: bool = True) -> None:
        self._settings = settings
        self._sounding = sounding
        self._ready_at: float | None = None
        self._overlaps: dict[int, _Overlap] = {}
        self._given_up: set[int] = set()
        """Whose overlap was given up before it was decided on."""
        self._state = _State.CLEAR

    @property
    def clear(self) -> bool:
        """Nobody speaks over it, as far as is known."""
        return self._state is _State.CLEAR

    def ready(self, now: float) -> None:
        """There is something to be heard, if nobody speaks. The first time counts."""
        if self._ready_at is None:
            self._ready_at = now

    def sound_began(self) -> None:
        """From now on the floor can be taken."""
        self._sounding = True

    def speech_started(self, speaker: int, at: float) -> list[InterruptionAction]:
        """Somebody begins to speak, or spoke already, at ``at`` (seconds)."""
        if self._state is _State.OVER:
            return []
        self._overlaps.setdefault(speaker, _Overlap(at)).ended = None
        self._given_up.discard(speaker)
        if self._state is not _State.CLEAR:
            return []
        self._state = _State.DUCKED if self._sounding else _State.HELD
        return [InterruptionAction.DUCK if self._sounding else InterruptionAction.HOLD]

    def speech_ended(self, speaker: int, at: float) -> None:
        """Their turn is over; the decision may still be under way."""
        overlap = self._overlaps.get(speaker)
        if overlap is not None:
            overlap.ended = at

    def decided(
        self, speaker: int, *, interrupts: bool, final: bool = True
    ) -> list[InterruptionAction]:
        """What this speaker said is known: does it take the floor?

        ``final`` says that their turn is over, and not only known in part.
        """
        overlap = self._overlaps.get(speaker)
        if self._state is _State.OVER or (overlap is None and speaker not in self._given_up):
            return []
        if interrupts and self._sounding:
            self._state = _State.OVER
            return [InterruptionAction.STOP]
        if interrupts and not final:
            if overlap is not None:
                overlap.claims = True
            return []
        return self.dismissed(speaker)

    def dismissed(self, speaker: int) -> list[InterruptionAction]:
        """What this speaker sends is nothing that the reply needs to give way to."""
        self._given_up.discard(speaker)
        if self._state is _State.OVER or self._overlaps.pop(speaker, None) is None:
            return []
        return self._resume_if_clear()

    def tick(self, now: float) -> list[InterruptionAction]:
        """Call every few frames: holds a reply that is spoken over, gives up on lost decisions."""
        if self._state in (_State.CLEAR, _State.OVER):
            return []
        for speaker, overlap in list(self._overlaps.items()):
            if self._is_lost(overlap, now):
                del self._overlaps[speaker]
                self._given_up.add(speaker)
        if not self._overlaps:
            return self._resume_if_clear()
        longest_ms = max(now - overlap.since for overlap in self._overlaps.values()) * 1000
        if self._state is _State.DUCKED and longest_ms >= self._settings.hold_after_ms:
            self._state = _State.HELD
            return [InterruptionAction.HOLD]
        return []

    def _is_lost(self, overlap: _Overlap, now: float) -> bool:
        if overlap.ended is not None and _ms(overlap.ended, now) >= self._settings.decide_within_ms:
            return True
        if overlap.claims:
            return False
        ready_at = None if self._sounding else self._ready_at
        if ready_at is not None and _ms(ready_at, now) >= self._settings.first_sound_waits_ms:
            return True
        limit_ms = self._settings.longest_overlap_ms
        return overlap.ended is None and _ms(overlap.since, now) >= limit_ms

    def _resume_if_clear(self) -> list[InterruptionAction]:
        if self._overlaps:
            return []
        self._state = _State.CLEAR
        return [InterruptionAction.RESUME]


def _ms(since: float, now: float) -> float:
    return (now - since) * 1000
