"""Scores of the control words: how many of the stops are found, and how many found are stops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bench.conversation.control.phrases import ControlPhrase, as_whisper_writes
from pipeline.language.voice_commands import CommandKind
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import RelevanceSettings

_AGENTS: Final = tuple(Persona(name.lower(), name, Voice(name)) for name in ("Jarvis", "Sage"))
_PEOPLE: Final = (Speaker(1, "Ann"), Speaker(2, "Bob"), Speaker(3, "Carol"))
_SILENCES: Final = (CommandKind.STOP, CommandKind.WAIT)


@dataclass(frozen=True, slots=True)
class ControlScore:
    """The result on some phrases."""

    phrases: int
    recall: float
    """The share of the stops that were found."""
    precision: float
    """The share of those found that are stops."""
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def score(phrases: Iterable[ControlPhrase], *, plain: bool = False) -> ControlScore:
    """Score them in a room with Ann, Bob, Jarvis and Sage; ``plain`` without marks and capitals."""
    found, missed, wrong, count = 0, [], [], 0
    for phrase in phrases:
        text = as_whisper_writes(phrase.text) if plain else phrase.text
        count += 1
        if asks_silence(text, phrase.language):
            found += phrase.stops
            if not phrase.stops:
                wrong.append(text)
        elif phrase.stops:
            missed.append(text)
    stops, taken = found + len(missed), found + len(wrong)
    return ControlScore(
        count, found / stops if stops else 1.0, found / taken if taken else 1.0,
        tuple(missed), tuple(wrong),
    )  # fmt: skip


def asks_silence(text: str, language: str | None) -> bool:
    """Whether the room takes ``text``, said by Carol over a reply, for a stop or a wait."""
    participants = Participants(_AGENTS, _AGENTS[0], RelevanceSettings().name_threshold)
    for speaker in _PEOPLE:
        participants.add(speaker)
    command = participants.parse(_PEOPLE[-1].id, text, language).command
    return command is not None and command.kind in _SILENCES
