"""Where the time between a question and its answer goes, in parts that add up.

The bot's own stages (`pipeline.latency`) run from the VAD's end of speech to the first frame that
is sent. Before them is what the VAD and the way to it add to the true end, behind them the way back
to the member.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from pipeline.latency import STAGES, TOTAL, TurnLatency, percentile

_TO_VAD: Final = "vad"
"""From the last sample that was spoken to the end of speech that the VAD finds."""
_TO_MEMBER: Final = "socket"
"""From the first frame of the reply to the first audible packet at the member."""
PARTS: Final = (_TO_VAD, *(stage for stage in STAGES if stage != TOTAL), _TO_MEMBER)


def parts_ms(latency: TurnLatency, ended: float, heard: float) -> dict[str, float]:
    """The parts of one wait, in ms; their sum is ``heard - ended``.

    ``ended`` is when the last sample of the question was spoken, ``heard`` when the answer was
    heard, both in seconds on the room's clock. Empty without the marks at both ends.
    """
    began, sent = latency.at("speech_end"), latency.at("first_frame")
    if began is None or sent is None:
        return {}
    stages = {each: ms for each, ms in latency.stages_ms().items() if each != TOTAL}
    # Ends of speech are never found before the true one but for a last sound that is very soft.
    return {_TO_VAD: (began - ended) * 1000, **stages, _TO_MEMBER: (heard - sent) * 1000}


@dataclass(frozen=True, slots=True)
class Part:
    """One part over all questions; those that lack it count as 0."""

    part: str
    mean_ms: float
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The parts of all waits; ``total`` is the row of their sums."""

    rows: tuple[Part, ...]
    total: Part

    @classmethod
    def of(cls, waits: Sequence[Mapping[str, float]]) -> Waterfall:
        """From the parts of each wait, at least one.

        Raises:
            ValueError: there are no waits.
        """
        if not waits:
            raise ValueError("no waits: a waterfall needs one at least")
        rows = [_part(name, [each.get(name, 0.0) for each in waits]) for name in PARTS]
        return cls(tuple(rows), _part("all", [sum(each.values()) for each in waits]))

    def __str__(self) -> str:
        """The table as plain text. The means add up; medians do not."""
        lines = [f"{'part':<20} {'mean ms':>9} {'median ms':>9} {'p95 ms':>9}"]
        lines += [
            f"{row.part:<20} {row.mean_ms:>9.1f} {row.median_ms:>9.1f} {row.p95_ms:>9.1f}"
            for row in (*self.rows, self.total)
        ]
        return "\n".join(lines)

    def as_data(self) -> list[dict[str, Any]]:
        """The rows for a file of JSON, the total last."""
        return [asdict(row) for row in (*self.rows, self.total)]


def _part(name: str, values: Sequence[float]) -> Part:
    return Part(name, statistics.fmean(values), statistics.median(values), percentile(values, 95))
