"""The result of a soak (`bench.soak`), and what counts as a growth.

- Tasks, threads and descriptors: one more at the end than at the first count. Both times all rooms
  are empty, and a process may open some thousand descriptors in all.
- The objects of a class: more than one for `CALLS_AN_OBJECT` calls, in the last two counts over
  the first two. A month of 1,000 calls a day would then leave 300 objects, which is nothing; an
  object that each call leaves, or each fault, is far above it.
  Caches with a bound are emptied before each count.
- The bytes: more than `BYTES_A_CALL`. A month of such calls would leave 30 MB.

The memory of the whole process is printed and not judged: the simulators keep every message and
packet, and run in the same process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

CALLS_AN_OBJECT: Final = 100
BYTES_A_CALL: Final = 1000


@dataclass(frozen=True, slots=True)
class SoakCount:
    """What the process holds when all rooms are empty."""

    at_s: float
    tasks: int
    threads: int
    descriptors: int
    memory_mb: float
    """Of the whole process, the simulators included."""
    own_objects: int
    own_kb: float
    """What the project's objects hold."""
    calls: int
    """Calls so far."""


@dataclass(slots=True)
class SoakResult:
    """One run."""

    rooms: int
    seconds: float
    counts: list[SoakCount] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    """What was done, by kind."""
    more_tasks: dict[str, int] = field(default_factory=dict)
    """Tasks at the last count beyond those at the first, by their coroutine."""
    more_threads: dict[str, int] = field(default_factory=dict)
    """Threads at the last count beyond those at the first, by name."""
    growing: dict[str, list[int]] = field(default_factory=dict)
    """The counts of the project's classes whose number of objects `grows`."""
    larger_kb: dict[str, list[float]] = field(default_factory=dict)
    """The classes whose objects hold most more at the last count than at the first."""
    failures: list[str] = field(default_factory=list)
    memory_slope_mb_per_h: float = 0.0
    questions: int = 0
    replies: int = 0

    @property
    def good(self) -> bool:
        return not self.failures and not self.growing and not self.growth()

    def growth(self) -> list[str]:
        """What has grown of the tasks, threads, descriptors and bytes."""
        found = []
        for name in ("tasks", "threads", "descriptors"):
            series = [getattr(each, name) for each in self.counts]
            if series and series[-1] > series[0]:
                found.append(f"{name} {series}")
        kilobytes = [each.own_kb for each in self.counts]
        if grows(kilobytes, self.calls_between * BYTES_A_CALL / 1000):
            found.append(f"own_kb {kilobytes}")
        return found

    @property
    def calls_between(self) -> int:
        """The calls between the middle of the first two counts and that of the last two."""
        if len(self.counts) < 4:
            return 0
        first, last = self.counts[:2], self.counts[-2:]
        return (sum(each.calls for each in last) - sum(each.calls for each in first)) // 2


def grows(series: Sequence[float], by: float) -> bool:
    """Whether both of the last two counts are more than ``by`` above both of the first two: a
    single count may hold what a cache has just taken up."""
    return len(series) >= 4 and min(series[-2:]) > max(series[:2]) + by


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the least-squares line."""
    n = len(points)
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def report(result: SoakResult) -> dict[str, Any]:
    """The numbers of a run."""
    return asdict(result) | {"growth": result.growth(), "good": result.good}


PAGE_HEAD: Final = (
    "at s", "tasks", "threads", "descriptors", "process MB", "own objects", "own kB", "calls"
)  # fmt: skip


def in_words(result: SoakResult) -> list[str]:
    """The rest of a run, below its table in the docs."""
    done = ", ".join(f"{count} {what}" for what, count in sorted(result.done.items()))
    grown = [*result.growth(), *(f"{name} {each}" for name, each in result.growing.items())]
    return [
        f"{result.rooms} rooms, {result.seconds / 60:g} minutes, {result.questions} questions for "
        f"the agent, {result.replies} replies. Done: {done}.",
        f"Grown: {'; '.join(grown) or 'nothing'}. Failures: {len(result.failures)}.",
    ]
