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

An expectation holds if an event has all of its fields, with ``never`` if none has. ``text`` and
``heard`` hold if the event's contain these words, without regard to case and marks. An expectation
that no event could meet is refused: with ``never`` it would always hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.replay.report import ReplayEvent
from configuration.unique_keys import load_yaml

EventKind = Literal[
    "speech_began", "paused", "turn_ended", "heard", "decided", "not_understood", "sent",
    "aborted", "reply_began", "ducked", "silenced", "resumed", "reply_ended", "reply_failed",
]  # fmt: skip
CASE_FILES: Final = ("*.yaml", "*.yml")
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "turn_ended": frozenset(("speaker", "why")),
    "heard": frozenset(("speaker", "text")),
    "decided": frozenset(("speaker", "addressed")),
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
_CONTAINED: Final = ("text", "heard", "why")


class UnreadableCase(Exception):
    """A case cannot be used; the message names the file, the place and what to change."""


class Expectation(BaseModel):
    """An event that must happen, or with ``never`` must not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: EventKind
    speaker: str | None = None
    agent: str | None = None
    text: str | None = None
    heard: str | None = None
    why: str | None = None
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
        if foreign := sorted(given - own - _OF_ALL):
            has = ", ".join(sorted(own)) or "no field but its time"
            raise ValueError(f"a {self.event} event has no {foreign[0]}: it has {has}")
        for name in sorted(given.intersection(_CONTAINED)):
            if not _plain(getattr(self, name)):
                raise ValueError(f"{name} has no words")
        if self.after_s is not None and self.before_s is not None and self.after_s > self.before_s:
            raise ValueError("after_s is later than before_s")
        return self

    def holds(self, events: Sequence[ReplayEvent]) -> bool:
        """Whether the events of a replay are as expected."""
        return any(map(self._matches, events)) is not self.never

    def __str__(self) -> str:
        given = self.model_dump(exclude_none=True, exclude={"event", "never"})
        fields = ", ".join(f"{name} {value!r}" for name, value in given.items())
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
        return all(
            _contains(str(event.fields.get(name, "")), wanted)
            for name in _CONTAINED
            if (wanted := getattr(self, name)) is not None
        )


class ReplayCase(BaseModel):
    """One case; ``files`` are beside the case's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: Annotated[tuple[Path, ...], Field(min_length=1)]
    agents: tuple[str, ...] | None = None
    answer: str | None = None
    expect: Annotated[tuple[Expectation, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_there(self) -> Self:
        speakers = [file.stem for file in self.files]
        if twice := [name for name in speakers if speakers.count(name) > 1]:
            raise ValueError(
                f"two recordings are of {twice[0]}: a file's name is its speaker; rename one"
            )
        for each in self.expect:
            if each.speaker is not None and each.speaker not in speakers:
                raise ValueError(
                    f"no file is of {each.speaker!r}: they are of {', '.join(speakers)}"
                )
            if self.agents and each.agent is not None and each.agent not in self.agents:
                raise ValueError(f"{each.agent!r} is none of the agents {', '.join(self.agents)}")
        return self


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


def load_cases(folder: Path) -> dict[Path, ReplayCase]:
    """The cases in a folder, by file, sorted.

    Raises:
        UnreadableCase: the folder has none, or one cannot be used.
    """
    files = sorted({file for pattern in CASE_FILES for file in folder.glob(pattern)})
    if not files:
        raise UnreadableCase(
            f"{folder} has no case: put a .yaml with files and expect beside the recordings, or "
            "give the recordings themselves"
        )
    return {file: load_case(file) for file in files}


def load_case(file: Path) -> ReplayCase:
    """The case in a file; its recordings' paths are resolved.

    Raises:
        UnreadableCase: it cannot be read, or a field is wrong; says which.
    """
    try:
        # Every scalar stays text: `text: yes` is a word, not a truth value.
        found = load_yaml(file.read_text(encoding="utf-8"), as_text=True)
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableCase(f"{file} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise UnreadableCase(f"{file} is not valid YAML: {error}") from error
    if not isinstance(found, Mapping):
        raise UnreadableCase(f"{file} must be a mapping with files and expect")
    try:
        case = ReplayCase.model_validate(found)
    except ValidationError as error:
        # Pydantic also says that a list is too short if all of its items are wrong.
        found_wrong = (
            each
            for each in error.errors(include_url=False)
            if each["type"] != "too_short" or not each["input"]
        )
        problems = "\n".join(map(_problem, found_wrong))
        raise UnreadableCase(f"{file} is wrong:\n{problems}") from error
    recordings = tuple(file.parent / each for each in case.files)
    if missing := [each for each in recordings if not each.is_file()]:
        raise UnreadableCase(f"{file} is wrong:\n  files: {missing[0]} is not a file")
    return case.model_copy(update={"files": recordings})


def check(name: str, case: ReplayCase, events: Sequence[ReplayEvent]) -> CaseResult:
    """Compare the events of a replay with the expectations of its case."""
    failed = tuple(each for each in case.expect if not each.holds(events))
    return CaseResult(name, failed, tuple(events))


def _problem(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "the case"
    message = error["msg"].removeprefix("Value error, ")
    value = "" if isinstance(error["input"], Mapping) else f" (it is {error['input']!r})"
    return f"  {place}: {message}{value}"


def _contains(text: str, wanted: str) -> bool:
    words, looked_for = _plain(text), _plain(wanted)
    return f" {looked_for} " in f" {words} "


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))
