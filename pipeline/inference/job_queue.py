"""The order in which a model's jobs run. Pure: the caller keeps the time and the threads.

In a conversation the newest request counts most, so the queue is not first in, first out:

1. The highest priority runs first, and within it the newest job.
2. A turn's words that have waited for `PATIENCE_S` come before all but those of a speaker who
   talks to the agent, the oldest first: under load no turn waits forever.
3. A newer job supersedes the older ones of its key that still wait.
4. The last free thread of several is kept from jobs that are only for observers, and under load
   for a speaker who talks to the agent (`least_priority`).
5. If the queue is full, the oldest job that is only for observers is dropped, then the oldest that
   decides on an interruption. The words of a turn are dropped only at `FINALS_A_PLACE` times as
   many, which more than a hundred speakers at once would need.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Generic, Protocol, TypeVar

PATIENCE_S: Final = 1.0
"""After this wait the words of a turn come before newer ones of other speakers."""
FINALS_A_PLACE: Final = 8
BUSY: Final = 0.8
"""While the other threads are busy for more of the time than this, the last one is left to the rest
of the process. Where the words of sixteen rooms took both of two cores, the audio came up to 0.8 s
late, and a third of the questions had no answer in time; where they took one, one of 160."""


class Priority(IntEnum):
    """Priority of a job, the lowest first."""

    PARTIAL = 0
    """The words so far of a turn that goes on, for observers."""
    INTERRUPTION = 1
    """The words so far of speech over a reply."""
    FINAL = 2
    """The words at a pause, which are those of the turn if it is over."""
    ADDRESSED = 3
    """The same of a speaker who called the agent or who is in an exchange with it."""


def least_priority(running: int, threads: int, load: float) -> Priority:
    """What the next thread may run while ``running`` of ``threads`` do; ``load`` is 0..1."""
    if not 1 < threads == running + 1:
        return Priority.PARTIAL
    others_busy = load * threads > BUSY * (threads - 1)
    return Priority.ADDRESSED if others_busy else Priority.INTERRUPTION


class QueuedJob(Protocol):
    """What the queue knows of a job. ``queued_at`` is in the caller's seconds."""

    @property
    def key(self) -> Hashable: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def queued_at(self) -> float: ...


J = TypeVar("J", bound=QueuedJob)


@dataclass(frozen=True, slots=True)
class PushedOut(Generic[J]):
    """What a new job pushed out: ``superseded`` by it, or ``dropped`` for want of room."""

    superseded: list[J]
    dropped: J | None


class JobQueue(Generic[J]):
    """Jobs that wait, at most ``limit`` besides the words of turns."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: list[J] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, job: J) -> PushedOut[J]:
        """Let a job wait. The one that is dropped may be the job itself."""
        superseded = [old for old in self._waiting if _is_superseded_by(old, job)]
        self._waiting = [old for old in self._waiting if not _is_superseded_by(old, job)]
        self._waiting.append(job)
        dropped = None
        if len(self._waiting) > self._limit:
            lowest = min(self._waiting, key=lambda other: other.priority)
            if lowest.priority < Priority.FINAL or self._is_overfull:
                dropped = lowest
                self._waiting.remove(lowest)
        return PushedOut(superseded, dropped)

    @property
    def _is_overfull(self) -> bool:
        return len(self._waiting) > self._limit * FINALS_A_PLACE

    def remove(self, job: J) -> bool:
        """Take a job out that its caller cancelled; False if it does not wait."""
        if job not in self._waiting:
            return False
        self._waiting.remove(job)
        return True

    def take(
        self, now: float, running: Collection[Hashable], least: Priority = Priority.PARTIAL
    ) -> J | None:
        """Take out the job that runs next; None if none of ``least`` or more may.

        One job of a key runs at a time.
        """
        ready = [job for job in self._waiting if job.key not in running and job.priority >= least]
        if not ready:
            return None
        # The queue is in order of arrival, and max takes the first of equals.
        job = max(reversed(ready), key=lambda other: other.priority)
        if job.priority < Priority.ADDRESSED:
            job = next((old for old in ready if _is_overdue(old, now)), job)
        self._waiting.remove(job)
        return job

    def clear(self) -> list[J]:
        """Take out all jobs."""
        waiting, self._waiting = self._waiting, []
        return waiting


def _is_superseded_by(old: QueuedJob, new: QueuedJob) -> bool:
    return old.key == new.key and old.priority <= new.priority


def _is_overdue(job: QueuedJob, now: float) -> bool:
    return job.priority >= Priority.FINAL and now - job.queued_at >= PATIENCE_S
