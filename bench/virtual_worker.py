"""A `ModelWorker` on a virtual clock: its jobs really run, and take their CPU time there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from pipeline.errors import Superseded
from pipeline.inference.job_queue import JobQueue, Priority, least_priority
from pipeline.inference.model_worker import ModelWorker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """A job that ran: when it was queued, began and ended, in the loop's seconds.

    ``behind`` are the jobs of the same worker that ran while it waited, the first first.
    """

    key: Hashable
    priority: Priority
    queued_at: float
    began: float
    ended: float
    behind: tuple[Priority, ...]

    @property
    def wait_ms(self) -> float:
        return (self.began - self.queued_at) * 1000


@dataclass(slots=True, eq=False)
class _Job:
    key: Hashable
    priority: Priority
    queued_at: float
    work: Callable[[], Any]
    result: Future[Any]


class Cores:
    """The processors that all workers share, on the loop's clock."""

    def __init__(self, count: int) -> None:
        self.free = count
        self.workers: list[VirtualWorker] = []
        self.busy_s = 0.0

    def start_jobs(self) -> None:
        for worker in self.workers:
            worker.start_jobs()


class VirtualWorker(ModelWorker):
    """A `ModelWorker` whose jobs take their CPU time on the loop's clock."""

    def __init__(
        self, name: str, cores: Cores, *, threads: int, plain: bool, sparing: bool = False
    ) -> None:
        self.name = name
        self.runs: list[Run] = []
        self._cores = cores
        self._idle = threads
        self._count = threads
        self._plain = plain
        self._sparing = sparing and not plain
        self._queue = JobQueue[_Job](32)
        self._busy: set[Hashable] = set()
        self._marks: list[tuple[float, float]] = []
        cores.workers.append(self)

    async def run(
        self, key: Hashable, work: Callable[[], T], *, priority: Priority = Priority.FINAL
    ) -> T:
        if self._plain:
            priority = Priority.FINAL if priority >= Priority.FINAL else Priority.PARTIAL
        loop = asyncio.get_running_loop()
        result: Future[T] = Future()
        job = _Job(key, priority, loop.time(), work, result)
        pushed_out = self._queue.add(job)
        for old in (*pushed_out.superseded, *filter(None, [pushed_out.dropped])):
            if old.result.set_running_or_notify_cancel():
                old.result.set_exception(Superseded("pushed out"))
        waiting = asyncio.wrap_future(result)
        self._cores.start_jobs()
        try:
            return await waiting
        except asyncio.CancelledError:
            self._queue.remove(job)
            raise

    @property
    def load(self) -> float:
        """The share of the last 5 s in which its threads were busy."""
        if self._plain:
            return 0.0
        now = asyncio.get_running_loop().time()
        busy = sum(min(end, now) - max(begin, now - 5) for begin, end in self._marks
                   if end > now - 5 and begin < now)  # fmt: skip
        return min(1.0, busy / 5 / self._count)

    @property
    def has_free_thread(self) -> bool:
        free = self._idle > 0 and self._cores.free > 0
        return free and not len(self._queue) and self._least() <= Priority.FINAL

    def close(self) -> None:
        for job in self._queue.clear():
            job.result.cancel()

    def _least(self) -> Priority:
        if not self._sparing:
            return Priority.PARTIAL
        return least_priority(self._count - self._idle, self._count, self.load)

    def start_jobs(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._idle and self._cores.free:
            # Without patience, "now" is the beginning of time.
            job = self._queue.take(0.0 if self._plain else now, self._busy, self._least())
            if job is None:
                return
            if job.result.set_running_or_notify_cancel():
                self._start(job, now)

    def _start(self, job: _Job, now: float) -> None:
        self._idle -= 1
        self._cores.free -= 1
        self._busy.add(job.key)
        # Whisper computes in threads of its own, one at a time: the process's time is the job's.
        began = time.process_time()
        value = job.work()
        took_s = time.process_time() - began
        self._cores.busy_s += took_s
        behind = tuple(run.priority for run in self.runs if job.queued_at < run.ended <= now)
        self.runs.append(Run(job.key, job.priority, job.queued_at, now, now + took_s, behind))
        self._marks = [*self._marks[-200:], (now, now + took_s)]
        asyncio.get_running_loop().call_later(took_s, self._end, job, value)

    def _end(self, job: _Job, value: object) -> None:
        self._idle += 1
        self._cores.free += 1
        self._busy.discard(job.key)
        job.result.set_result(value)
        self._cores.start_jobs()
