"""Recent addressee decisions of a room, for ``/why``.

An observer of one room: it joins the events of a turn (heard, answered, failed) into one record.
The number of records is bounded, and they are dropped with the call. `/status` shows the counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.events import (
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    RoomEvent,
    TurnDecided,
    TurnRejected,
    Unspoken,
)
from pipeline.ports import Speaker
from translations import Text

KEPT: Final = 50
"""Turns that are kept: about a quarter of an hour of lively talk."""


@dataclass(slots=True)
class TurnDecision:
    """One turn and its outcome. ``at`` is seconds on the room's clock."""

    speaker: Speaker
    at: float
    text: str = ""
    addressed: bool = False
    reasons: tuple[str, ...] = ()
    """Why it was addressed or not; without a text, why it was rejected."""
    waited_s: float | None = None
    """From the end of speech to the first audio of the reply."""
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    """The stages of that wait, as `TurnLatency.stages_ms`."""
    interrupted: bool = False
    failure: str = ""
    """Why the agent did not answer, for operators: it may hold addresses and error bodies."""
    notice: str = ""
    """What the bot told the speaker of that failure, in plain words; empty if it said nothing."""
    unheard: Text | None = None
    """Why the members could not hear the reply, or a part of it."""
    unspoken: str = ""
    """Why the voice failed to say the answer, or a part of it, for operators; it was posted."""
    unspoken_reason: str = ""
    """The same in plain words; empty if there are none."""
    silent: bool = False
    """The agent chose to say nothing."""
    not_meant: bool = False
    """It was silent because it found that it was not meant."""
    gave_way: bool = False
    """It was probably not meant, and another member called it before it had decided."""


class RecentDecisions:
    """The last turns of a room, newest first when iterated."""

    def __init__(self) -> None:
        self._turns: deque[TurnDecision] = deque(maxlen=KEPT)
        self.questions = 0
        """Questions that agents were asked in this call, without the withdrawn ones."""
        self.early = 0
        """Questions that were sent before their turn was certainly over, with those withdrawn."""
        self.withdrawn = 0
        """Those whose speaker went on: their runs were aborted."""
        self._sounding: TurnDecision | None = None
        """The turn whose reply is being spoken."""

    def __iter__(self) -> Iterator[TurnDecision]:
        return reversed(self._turns)

    def of(self, speaker_id: int) -> list[TurnDecision]:
        """The turns of one speaker, newest first."""
        return [turn for turn in self if turn.speaker.id == speaker_id]

    def forget(self, speaker_id: int) -> None:
        """Drop the turns of one speaker."""
        kept = [turn for turn in self._turns if turn.speaker.id != speaker_id]
        self._turns.clear()
        self._turns.extend(kept)

    def observe(self, event: RoomEvent) -> None:
        match event:
            case TurnDecided(speaker, text, addressed, reasons, at):
                self._turns.append(TurnDecision(speaker, at, text, addressed, reasons))
            case TurnRejected(speaker, why, at):
                self._turns.append(TurnDecision(speaker, at, reasons=(why,)))
            case QuestionSent(early=early):
                self.questions += 1
                self.early += early
            case QuestionWithdrawn():
                self.questions -= 1
                self.withdrawn += 1
            case ReplyBegan(_, speaker, latency):
                turn = self._sounding = self._asked_by(speaker)
                if turn is not None:
                    turn.stages_ms = latency.stages_ms()
                    turn.waited_s = turn.stages_ms.get("voice_to_voice", 0.0) / 1000
            case ReplyEnded(_, speaker, interrupted=interrupted):
                self._sounding = None
                if interrupted and (turn := self._asked_by(speaker)) is not None:
                    turn.interrupted = True
            case ReplyFailed(_, speaker, why, notice):
                if (turn := self._asked_by(speaker)) is not None:
                    turn.failure, turn.notice = why, notice
            case Unspoken(why=why, reason=reason, speaker=Speaker() as speaker):
                if (turn := self._asked_by(speaker)) is not None:
                    turn.unspoken, turn.unspoken_reason = why, reason
            case ReplyDeclined(_, speaker, why=why):
                if (turn := self._asked_by(speaker)) is not None:
                    turn.silent = True
                    turn.not_meant, turn.gave_way = why == "not meant", why == "gave way"
            case _:
                pass

    @property
    def unheard(self) -> Text | None:
        """Why the members cannot hear the reply that is being spoken; None if they can."""
        return None if self._sounding is None else self._sounding.unheard

    def silenced(self, why: Text) -> None:
        """Note that the members cannot hear the reply that is being spoken, if one is, and why."""
        if self._sounding is not None:
            self._sounding.unheard = self._sounding.unheard or why

    def _asked_by(self, speaker: Speaker) -> TurnDecision | None:
        """The turn that a reply to the speaker answers."""
        return next((turn for turn in self.of(speaker.id) if turn.addressed), None)
