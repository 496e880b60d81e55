"""Latency of a turn: marks on one clock, the stages between them, a log line and a table.

Voice-to-voice runs from the speaker's last sample to the first frame of the reply. The stages add
up to it. Work that runs early, in parallel to another stage, counts only with the time that the
turn still waits for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

Mark: TypeAlias = Literal[
    "speech_end",
    "pause_seen",
    "transcribed",
    "turn_decided",
    "judged",
    "agent_asked",
    "first_delta",
    "first_sentence",
    "tts_first_byte",
    "confirmed",
    "first_frame",
]
"""The marks of a turn, in the order of the stages that they end.

Each is set when it happens: the words of a turn may be known before or after its end is decided.

``confirmed``: a question that was sent early became certain, and its answer may sound.
"""

MARKS: Final[tuple[Mark, ...]] = get_args(Mark)

_STAGES: Final[dict[str, Mark]] = {
    "listen": "pause_seen",
    "stt": "transcribed",
    "turn": "turn_decided",
    "relevance": "judged",
    "queue": "agent_asked",
    "gateway_first_delta": "first_delta",
    "sentence": "first_sentence",
    "tts_first_byte": "tts_first_byte",
    "hold": "confirmed",
    "first_frame": "first_frame",
}
TOTAL: Final = "voice_to_voice"
STAGES: Final[tuple[str, ...]] = (*_STAGES, TOTAL)
"""Stage names, in the order of time; the last is the total."""


class TurnLatency:
    """The marks of one turn, in seconds on the room's clock."""

    def __init__(self) -> None:
        self._at: dict[Mark, float] = {}

    def mark(self, mark: Mark, at: float) -> None:
        """Set a mark; a mark that is already set keeps its time.

        Raises:
            ValueError: there is no such mark.
        """
        if mark not in MARKS:
            raise ValueError(f"no mark {mark!r}: there are {', '.join(MARKS)}")
        self._at.setdefault(mark, at)

    def at(self, mark: Mark) -> float | None:
        """When the mark was set, or None."""
        return self._at.get(mark)

    def stages_ms(self) -> dict[str, float]:
        """Stage to milliseconds, for the stages that were reached; they add up to the total.

        A stage begins when all stages before it are done, so early work adds no time.
        ``voice_to_voice`` is included if both of its ends are marked.
        """
        begun = self._at.get("speech_end")
        if begun is None:
            return {}
        stages: dict[str, float] = {}
        reached = begun
        for stage, mark in _STAGES.items():
            at = self._at.get(mark)
            if at is None:
                continue
            stages[stage] = max(0.0, at - reached) * 1000
            reached = max(reached, at)
        if "first_frame" in self._at:
            stages[TOTAL] = (reached - begun) * 1000
        return stages

    def __str__(self) -> str:
        """One line for the log: the total, then the stages."""
        stages = self.stages_ms()
        total = stages.pop(TOTAL, None)
        parts = " ".join(f"{stage}={ms:.0f}" for stage, ms in stages.items())
        head = "voice-to-voice unfinished" if total is None else f"voice-to-voice {total:.0f} ms"
        return f"{head}: {parts or 'nothing measured'}"


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage over many turns."""

    stage: str
    count: int
    median_ms: float
    p95_ms: float


class LatencyTable:
    """The stages of the newest ``limit`` turns, as a table."""

    def __init__(self, turns: Iterable[TurnLatency] = (), *, limit: int = 1000) -> None:
        self._turns: deque[TurnLatency] = deque(turns, maxlen=limit)

    def add(self, turn: TurnLatency) -> None:
        self._turns.append(turn)

    def rows(self) -> list[StageRow]:
        """A row for every stage that any turn has reached."""
        measured = [turn.stages_ms() for turn in self._turns]
        rows = []
        for stage in STAGES:
            values = [stages[stage] for stages in measured if stage in stages]
            if values:
                median, p95 = percentile(values, 50), percentile(values, 95)
                rows.append(StageRow(stage, len(values), median, p95))
        return rows

    def __str__(self) -> str:
        """The table as plain text."""
        lines = [f"{'stage':<20} {'turns':>5} {'median ms':>9} {'p95 ms':>9}"]
        lines += [
            f"{row.stage:<20} {row.count:>5} {row.median_ms:>9.1f} {row.p95_ms:>9.1f}"
            for row in self.rows()
        ]
        return "\n".join(lines)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that ``percent`` of the values do not exceed, linear between neighbours.

    Raises:
        ValueError: there are no values, or the percentage is not in 0..100.
    """
    if not values or not 0 <= percent <= 100:
        raise ValueError(f"no percentile {percent} of {len(values)} values")
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
