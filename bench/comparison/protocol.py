"""The protocol of the runner and an adapter: one job in, lines of JSON out.

An adapter is a process of its own, started as ``python -m bench.comparison.adapters.<system>`` with
a job on its standard input. It feeds one system the job's audio and prints the system's events and
their cost. This module runs in the environment of the
compared systems too: it needs the standard library alone.
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

TURN_S: Final = 0.03
STT_S: Final = 0.12
TEXT_S: Final = 0.03
"""What a check of a turn model, a transcription and a text for the language model take on the
virtual clock, for every system."""
SYNTHESIS_S: Final = 0.15
"""From the agent's first sentence to its first sound, for every system."""

Task: TypeAlias = Literal["load", "talk", "barge_in"]


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
    """Duration of the feeding: in real time, and for talk in virtual time."""
    replies: tuple[float, ...] = ()
    """Only for barge-in: when a reply begins to sound, in seconds from the first sample."""
    lengths: tuple[int, ...] = ()
    """Only for talk: the number of samples of each speaker, who speak one after the other."""
    transcriber: str = ""
    """Only for talk: the Python interpreter that runs `bench.comparison.words`."""
    silence_ms: float | None = None
    """Only for talk and the bot: a fixed silence in place of its own rule."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        values = json.loads(text)
        for name in ("starts", "replies", "lengths"):
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
    """The system ended the turn: an answer may sound from now on."""

    speaker: int
    at_s: float
    asked_s: float
    """When the agent was asked: now, or earlier where a system asks before it is sure."""
    voiced_early: bool = False
    """Whether the first sentence may be synthesised before the end, too."""

    def sounds_at(self, agent_s: float) -> float:
        """When the answer of an agent sounds that takes ``agent_s`` to its first sentence."""
        if self.voiced_early:
            return max(self.at_s, self.asked_s + agent_s + SYNTHESIS_S)
        return max(self.at_s, self.asked_s + agent_s) + SYNTHESIS_S


@dataclass(frozen=True, slots=True)
class VoiceNoticed:
    """The system noticed that the person speaks: an answer that does not sound yet waits or is
    withdrawn."""

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
class Transcribed:
    """What a system asked of Whisper."""

    requests: int
    audio_s: float
    cpu_ms: float
    """CPU time of it, as measured when each audio was transcribed first."""


@dataclass(frozen=True, slots=True)
class About:
    """Which system this is: package names and their versions."""

    versions: dict[str, str]


Line: TypeAlias = TurnVerdict | TurnEnd | VoiceNoticed | Sound | Cost | Transcribed | About

_KINDS: Final[dict[str, type[Line]]] = {
    "verdict": TurnVerdict,
    "turn_end": TurnEnd,
    "voice": VoiceNoticed,
    "sound": Sound,
    "cost": Cost,
    "transcribed": Transcribed,
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
