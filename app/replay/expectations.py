"""Cases of a replay suite: recordings, and the events that are expected, in YAML.

A case is a file beside its recordings::

    files: [alice.wav, bob.wav]
    agents: [jarvis, sage]          # optional: the agents of the settings
    answer: It is half past seven.  # optional: what the agents answer
    expect:
      - {event: decided, speaker: alice, addressed: true}
      - {event: heard, speaker: alice, text: what time is it}
      - {event: reply_began, agent: jarvis, before_s: 4.5}
      - {event: reply_ended, interrupted: true, never: true}

An expectation holds if an event has all of its fields, with ``never`` if none has. ``text``,
``heard``, ``why`` and ``reasons`` hold if the event's contain these words, without regard to case
and marks. An expectation that no event could meet is refused: with ``never`` it would always hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.replay.report import ReplayEvent

EventKind = Literal[
    "speech_began", "paused", "turn_ended", "heard", "decided", "not_understood", "sent",
    "aborted", "reply_began", "ducked", "silenced", "resumed", "reply_ended", "reply_failed",
]  # fmt: skip
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "turn_ended": frozenset(("speaker", "why")),
    "heard": frozenset(("speaker", "text")),
    "decided": frozenset(("speaker", "addressed", "reasons", "score")),
    "not_understood": frozenset(("speaker", "why")),
    "sent": frozenset(("speaker", "agent", "text")),
    "aborted": frozenset(("speaker", "agent", "text")),
    "reply_began": frozenset(("speaker", "agent")),
    "ducked": frozenset(),
    "silenced": frozenset(),
    "resumed": frozenset(),
    "reply_ended": frozenset(("speaker", "agent", "heard", "interrupted")),
    "reply_failed": frozenset(("speaker", "agent", "why")),
}
"""The fields of an event besides its time; of the others, the speaker."""
_OF_ALL: Final = frozenset(("event", "after_s", "before_s", "never"))
_UNSPACED: Final = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
_WORDS: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
"""Every character of a script without spaces is a word."""
_CONTAINED: Final = ("text", "heard", "why", "reasons")
_ROUNDED: Final = 0.000_5
"""Scores of events have three decimals."""


class Range(BaseModel):
    """A score, 0..1: a number as the events show it, or ``from`` one ``to`` another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, alias="from")] = 0.0
    high: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, alias="to")] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _one_number(cls, given: Any) -> Any:
        return given if isinstance(given, Mapping) else {"from": given, "to": given}

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("it has neither from nor to")
        if self.low > self.high:
            raise ValueError("from is above to")
        return self

    def holds(self, score: object) -> bool:
        """Whether an event's score, rounded as it is, lies within; False for none."""
        return isinstance(score, float) and self.low - _ROUNDED <= score <= self.high + _ROUNDED

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"


class Expectation(BaseModel):
    """An event that must happen, or with ``never`` must not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: EventKind
    speaker: str | None = None
    agent: str | None = None
    text: str | None = None
    heard: str | None = None
    why: str | None = None
    reasons: str | None = None
    """Words of one of the reasons."""
    score: Range | None = None
    addressed: bool | None = None
    interrupted: bool | None = None
    after_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """The earliest time, in seconds from the start."""
    before_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """The latest time, in seconds from the start."""
    never: bool = False

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        own = _FIELDS.get(self.event, frozenset(("speaker",)))
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        problems: list[str] = []
        for foreign in sorted(given - own - _OF_ALL):
            has = ", ".join(sorted(own)) or "no field but its time"
            problems.append(f"a {self.event} event has no {foreign}: it has {has}")
        texts = sorted(given.intersection(_CONTAINED))
        problems += [f"{name} has no words" for name in texts if not _plain(getattr(self, name))]
        if self.after_s is not None and self.before_s is not None and self.after_s > self.before_s:
            problems.append("after_s is later than before_s")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def holds(self, events: Sequence[ReplayEvent]) -> bool:
        """Whether the events of a replay are as expected."""
        return any(map(self._matches, events)) is not self.never

    def __str__(self) -> str:
        given = {
            name: value
            for name in type(self).model_fields
            if name not in ("event", "never") and (value := getattr(self, name)) is not None
        }
        fields = ", ".join(
            f"{name} {value if isinstance(value, Range) else repr(value)}"
            for name, value in given.items()
        )
        return f"{'never ' if self.never else ''}{self.event}{' with ' if fields else ''}{fields}"

    def _matches(self, event: ReplayEvent) -> bool:
        if event.kind != self.event or self.speaker not in (None, event.speaker):
            return False
        if self.after_s is not None and event.at < self.after_s:
            return False
        if self.before_s is not None and event.at > self.before_s:
            return False
        for name in ("agent", "addressed", "interrupted"):
            wanted = getattr(self, name)
            if wanted is not None and event.fields.get(name) != wanted:
                return False
        if self.score is not None and not self.score.holds(event.fields.get("score")):
            return False
        return all(
            _contains(event.fields.get(name, ""), wanted)
            for name in _CONTAINED
            if (wanted := getattr(self, name)) is not None
        )


class ReplayCase(BaseModel):
    """One case; ``files`` are beside the case's own. `case_files` checks the names in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: Annotated[tuple[Path, ...], Field(min_length=1)]
    agents: tuple[str, ...] | None = None
    answer: str | None = None
    expect: Annotated[tuple[Expectation, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run; ``failed`` are the expectations that do not hold."""

    name: str
    failed: tuple[Expectation, ...]
    events: tuple[ReplayEvent, ...]

    def as_json(self) -> str:
        """One line of JSON: ``case``, ``passed``, the ``failed`` expectations, all ``events``."""
        line = {
            "case": self.name,
            "passed": not self.failed,
            "failed": [str(each) for each in self.failed],
            "events": [event.as_fields() for event in self.events],
        }
        return json.dumps(line, ensure_ascii=False)


def check(name: str, case: ReplayCase, events: Sequence[ReplayEvent]) -> CaseResult:
    """Compare the events of a replay with the expectations of its case."""
    failed = tuple(each for each in case.expect if not each.holds(events))
    return CaseResult(name, failed, tuple(events))


def _contains(said: str | list[str], wanted: str) -> bool:
    texts = [said] if isinstance(said, str) else said
    return any(f" {_plain(wanted)} " in f" {_plain(text)} " for text in texts)


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))
