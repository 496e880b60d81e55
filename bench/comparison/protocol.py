"""The protocol of the runner and an adapter: one job in, lines of JSON out.

An adapter is a process of its own, started as ``python -m bench.comparison.adapters.<system>`` with
a job on its standard input. It feeds one system the job's audio and prints the system's events and
their cost. This module runs in the rivals' environment too: it needs the standard library alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, TypeAlias

RATE: Final = 16_000
"""Samples per second of all input audio."""
FRAME: Final = RATE // 50
"""Samples in a frame of 20 ms."""
FRAME_S: Final = 0.02

Task: TypeAlias = Literal["turns", "barge_in"]


class BadLine(ValueError):
    """An adapter printed an invalid line; the text shows it."""


@dataclass(frozen=True, slots=True)
class Job:
    """An adapter's job."""

    task: Task
    track: str
    """A ``.npy`` file, ``int16[n]``, 16 kHz mono; played in a loop."""
    starts: tuple[int, ...]
    """The sample of the track at which each speaker starts."""
    seconds: float
    """Duration of the feeding, in real time."""
    replies: tuple[float, ...] = ()
    """Only for barge-in: when a reply begins to sound, in seconds from the first sample."""
    words: bool = False
    """Whether the bot uses speech to text; the rivals do not."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        values = json.loads(text)
        for name in ("starts", "replies"):
            values[name] = tuple(values[name])
        return cls(**values)


# Times are seconds since the speaker's first sample, by the wall clock: a frame of 20 ms that ends
# with sample n of the speaker is due at n / RATE.


@dataclass(frozen=True, slots=True)
class TurnVerdict:
    """The turn model's verdict on a silence: the first one, or a later one."""

    speaker: int
    due_s: float
    """Due time of the frame that made the silence long enough for a check."""
    at_s: float
    """When the verdict arrived."""
    probability: float
    complete: bool
    first: bool


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The system ended the turn: now it would ask an agent."""

    speaker: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Sound:
    """A frame of the reply went out."""

    at_s: float
    ms: float
    db: float
    """Its level, RMS in dB below full scale."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The resources that a run used."""

    vad_cpu_ms: float
    """CPU time of voice activity alone, ms per audio-second and speaker, fed without pauses."""
    cpu_ms: float
    """CPU time of everything, ms per audio-second and speaker, fed in real time."""
    memory_mb: float
    """Resident set size at the end."""


@dataclass(frozen=True, slots=True)
class About:
    """Which system this is: package names and their versions."""

    versions: dict[str, str]


Line: TypeAlias = TurnVerdict | TurnEnd | Sound | Cost | About

_KINDS: Final[dict[str, type[Line]]] = {
    "verdict": TurnVerdict,
    "turn_end": TurnEnd,
    "sound": Sound,
    "cost": Cost,
    "about": About,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def to_line(line: Line) -> str:
    return json.dumps({"kind": _NAMES[type(line)], **asdict(line)})


def parse(text: str) -> Line:
    """One line of an adapter.

    Raises:
        BadLine: it is no JSON, of an unknown kind, or has wrong fields.
    """
    try:
        values: dict[str, Any] = json.loads(text)
        kind = _KINDS[values.pop("kind")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLine(f"an adapter printed {text[:200]!r}: {error!r}") from error
    expected = {field.name for field in fields(kind)}
    if set(values) != expected:
        raise BadLine(
            f"an adapter printed a line {_NAMES[kind]!r} with {sorted(values)}: "
            f"it must have {sorted(expected)}"
        )
    return kind(**values)


def parse_all(text: str) -> list[Line]:
    """Every line of an adapter's output; empty ones are ignored."""
    return [parse(line) for line in text.splitlines() if line.strip()]


def of_kind(lines: Iterable[Line], kind: type[Any]) -> list[Any]:
    """The lines of one kind, in order."""
    return [line for line in lines if isinstance(line, kind)]
