"""The events of a replay: as JSON lines for programs, or as a table for people."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from logs import printable
from pipeline.events import (
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    RoomEvent,
    SpeechBegan,
    SpeechEnded,
    SpeechPaused,
    TurnDecided,
    TurnRejected,
)
from pipeline.ports import AgentTurn

Fields = dict[str, Any]

HELD_S: Final = 1.5
"""How long an event is held back, in seconds of the room: that speech began is known after
``vad.start_ms`` of voice (a second at most), and others may have been reported meanwhile."""

_SHOWN: Final = ("text", "why", "addressed", "score", "reasons", "agent", "heard", "interrupted")


@dataclass(frozen=True, slots=True)
class ReplayEvent:
    """One event: seconds from the start of the recordings, its kind, who, and its own fields."""

    at: float
    kind: str
    speaker: str | None
    fields: Fields = field(default_factory=dict)

    def as_fields(self) -> Fields:
        """The event as an object of JSON."""
        line: Fields = {"at": round(self.at, 3), "event": self.kind}
        if self.speaker is not None:
            line["speaker"] = self.speaker
        return {**line, **self.fields}

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.as_fields(), ensure_ascii=False)

    def as_text(self) -> str:
        """One line for people."""
        shown = "  ".join(
            f"{name}: {_plain(self.fields[name])}" for name in _SHOWN if name in self.fields
        )
        who = printable(self.speaker or "")
        return f"{self.at:8.2f} s  {who:<12} {self.kind:<13} {shown}".rstrip()


class ReplayReport:
    """Collects the events of a replay, and gives them to ``write`` in the order of their times.

    Nothing is written while the room reports an event: a room takes the failure of its observer
    for the observer's own, and goes on.
    """

    def __init__(self, clock: Callable[[], float], write: Callable[[ReplayEvent], None]) -> None:
        self.events: list[ReplayEvent] = []
        """What was written."""
        self.last_at = clock()
        """When the room last reported an event, on the room's clock."""
        self._held: list[ReplayEvent] = []
        self._clock = clock
        self._write = write
        self._began = clock()

    def write_due(self) -> None:
        """Write the events before which none can come any more; raises what ``write`` raises."""
        self._write_before(self._clock() - self._began - HELD_S)

    def write_rest(self) -> None:
        """Write all that is left; raises what ``write`` raises."""
        self._write_before(math.inf)

    def _write_before(self, end: float) -> None:
        if not self._held:
            return
        due = sorted((each for each in self._held if each.at < end), key=lambda each: each.at)
        self._held = [each for each in self._held if each.at >= end]
        for event in due:
            self.events.append(event)
            self._write(event)

    def observe(self, event: RoomEvent) -> None:
        """Take an event of the room."""
        match event:
            case SpeechBegan(speaker, at):
                self.add("speech_began", speaker.name, at)
            case SpeechPaused(speaker, at):
                self.add("paused", speaker.name, at)
            case SpeechEnded(speaker, why, at):
                self.add("turn_ended", speaker.name, at, why=why)
            case TurnDecided(speaker, text, addressed, reasons, at, score):
                self.add("heard", speaker.name, at, text=text)
                given = {} if score is None else {"score": round(score, 3)}
                self.add(
                    "decided",
                    speaker.name,
                    at,
                    addressed=addressed,
                    **given,
                    reasons=list(reasons),
                )
            case TurnRejected(speaker, why, at):
                self.add("not_understood", speaker.name, at, why=why)
            case ReplyBegan(agent, speaker, _, at):
                self.add("reply_began", speaker.name, at, agent=agent)
            case ReplyDucked(held, at):
                self.add("silenced" if held else "ducked", None, at)
            case ReplyResumed(at):
                self.add("resumed", None, at)
            case ReplyEnded(agent, speaker, _, heard, interrupted, at):
                self.add(
                    "reply_ended",
                    speaker.name,
                    at,
                    agent=agent,
                    heard=heard,
                    interrupted=interrupted,
                )
            case ReplyFailed(agent, speaker, why, _, at):
                self.add("reply_failed", speaker.name, at, agent=agent, why=why)
            case _:
                pass

    def sent(self, turn: AgentTurn) -> None:
        """Take note that an agent is asked."""
        self.add("sent", turn.speaker.name, self._clock(), agent=turn.agent, text=turn.text)

    def aborted(self, turn: AgentTurn) -> None:
        """Take note that an agent's run was aborted."""
        self.add("aborted", turn.speaker.name, self._clock(), agent=turn.agent, text=turn.text)

    def add(self, kind: str, speaker: str | None, at: float, **fields: Any) -> None:
        self.last_at = self._clock()
        self._held.append(ReplayEvent(at - self._began, kind, speaker, fields))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    text = printable(str(value))
    return f"“{text}”" if isinstance(value, str) and " " in value else text
