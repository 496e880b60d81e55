"""The numbers of one run of ``bench.comparison``, and their JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bench.comparison.score import BargeInScore, Spread
from bench.comparison.talk_score import TalkScore


@dataclass(frozen=True, slots=True)
class AtCount:
    """One system with one number of speakers. CPU is ms per audio-second and speaker."""

    speakers: int
    vad_cpu_ms: float
    cpu_ms: float
    memory_mb: float
    after_stop_ms: Spread | None
    after_speech_ms: Spread | None


@dataclass(frozen=True, slots=True)
class SystemResult:
    """All of one system."""

    label: str
    versions: dict[str, str]
    counts: tuple[AtCount, ...]
    memory_per_speaker_mb: float | None
    barge_in: BargeInScore | None


@dataclass(frozen=True, slots=True)
class TalkOfSystem:
    """One system on one set of turns. CPU is ms per audio-second."""

    label: str
    score: TalkScore
    cpu_ms: float
    """CPU time of voice activity and turn detection."""
    words_cpu_ms: float
    """CPU time of Whisper for what the system asked of it."""


@dataclass(frozen=True, slots=True)
class TalkResult:
    """All systems on one set of turns, where turns end."""

    name: str
    systems: tuple[TalkOfSystem, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All results, with the machine and the date."""

    date: str
    machine: str
    load: float
    """Load average of the minute before: above 1, other processes disturb the times."""
    audio: str
    """The audio of load and barge-in, in words."""
    systems: tuple[SystemResult, ...]
    talks: tuple[TalkResult, ...]
    talk_audio: str
    """The audio of the talks, in words."""

    @property
    def numbers(self) -> dict[str, Any]:
        """For bench.report.write_json, which adds the date and the machine itself."""
        values = asdict(self)
        del values["date"], values["machine"]
        return values


def read(path: Path) -> Results:
    """Read what `Results.numbers` was written to.

    Raises:
        OSError, pydantic.ValidationError: there is no such file, or it is no results file.
    """
    return TypeAdapter(Results).validate_json(path.read_text(encoding="utf-8"))
