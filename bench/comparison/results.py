"""The numbers of one run of ``bench.comparison``, and their JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bench.comparison.score import BargeInScore, Spread, TurnScore


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
    turns: TurnScore | None
    """On the sound alone; None where it was not run."""
    open_turns: TurnScore | None
    """Where turns pause in an open clause; the bot uses its speech to text."""
    barge_in: BargeInScore | None


@dataclass(frozen=True, slots=True)
class Results:
    """All results, with the machine and the date."""

    date: str
    machine: str
    load: float
    """Load average of the minute before: above 1, other processes disturb the times."""
    audio: str
    """The audio, in words."""
    systems: tuple[SystemResult, ...]

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
