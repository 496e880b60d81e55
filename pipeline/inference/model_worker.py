"""A model behind a bounded queue: blocking calls run in the worker's threads.

`job_queue` has the order. The caller of a job that is superseded or dropped gets `Superseded`.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pipeline.errors import Superseded
from pipeline.inference.job_queue import JobQueue, Priority, least_priority

T = TypeVar("T")

_LOAD_S: Final = 5.0
"""The load is a mean over about this time."""


@dataclass(frozen=True, slots=True)
class WorkerStats:
    """Load and counts of a worker. Counts are since its start."""

    queued: int
    running: int
    completed: int
    failed: int
    superseded: int
    """Replaced by a newer job of the same key."""
    dropped: int
    """Removed from a full queue."""
    cancelled: int
    """Cancelled by their caller, and removed before they ran."""
    run_ms: float
    """Time in the model, summed over all jobs."""
    longest_run_ms: float
    longest_wait_ms: float


@dataclass(slots=True, eq=False)
class _Job:
    key: Hashable
    priority: Priority
    work: Callable[[], Any]
    result: Future[Any]
    queued_at: float


class ModelWorker:
    """Runs jobs in ``threads`` threads; at most ``limit`` wait, and one per key runs.

    Use one thread for a model that is not faster with two callers. A ``sparing`` worker keeps its
    last free thread for what is urgent (`job_queue.least_priority`).
    """

    def __init__(
        self, name: str, *, threads: int = 1, limit: int = 32, sparing: bool = False
    ) -> None:
        if threads < 1 or limit < 1:
            raise ValueError(f"worker {name}: threads ({threads}) and limit ({limit}) begin at 1")
        self.name = name
        self._limit = limit
        self._sparing = sparing
        self._waiting = JobQueue[_Job](limit)
        self._running: set[Hashable] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._completed = self._failed = 0
        self._superseded = self._dropped = self._cancelled = 0
        self._run_s = self._longest_run_s = self._longest_wait_s = 0.0
        self._load = 0.0
        self._load_at = time.monotonic()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    async def run(
        self, key: Hashable, work: Callable[[], T], *, priority: Priority = Priority.FINAL
    ) -> T:
        """Run ``work()`` in a thread of the worker and return its result.

        The job supersedes waiting jobs of the same ``key`` with the same or a lower priority. If
        one of that key runs already, this one waits for it to finish. A job that later jobs of the
        same speaker must not supersede needs a key that they do not use. Cancelling removes a
        waiting job; a running one cannot be stopped, and its result is dropped.

        Raises:
            Superseded: a newer job replaced it, the queue was full, or the worker is closed.
        """
        result: Future[T] = Future()
        job = _Job(key, priority, work, result, time.monotonic())
        self._put(job)
        try:
            return await asyncio.wrap_future(result)
        except asyncio.CancelledError:
            self._remove(job)
            raise

    def stats(self) -> WorkerStats:
        with self._changed:
            return WorkerStats(
                queued=len(self._waiting),
                running=len(self._running),
                completed=self._completed,
                failed=self._failed,
                superseded=self._superseded,
                dropped=self._dropped,
                cancelled=self._cancelled,
                run_ms=self._run_s * 1000,
                longest_run_ms=self._longest_run_s * 1000,
                longest_wait_ms=self._longest_wait_s * 1000,
            )

    @property
    def has_free_thread(self) -> bool:
        """Whether the words of a turn would be worked on at once."""
        with self._changed:
            free = len(self._running) < len(self._threads)
            return free and not len(self._waiting) and self._least_priority() <= Priority.FINAL

    @property
    def load(self) -> float:
        """The share of the threads that are busy, 0..1, as a mean of the last seconds."""
        with self._changed:
            return self._update_load()

    def _least_priority(self) -> Priority:
        if not self._sparing:
            return Priority.PARTIAL
        return least_priority(len(self._running), len(self._threads), self._update_load())

    def _update_load(self) -> float:
        now = time.monotonic()
        kept = math.exp((self._load_at - now) / _LOAD_S)
        busy = min(1.0, len(self._running) / len(self._threads))
        self._load, self._load_at = kept * self._load + (1 - kept) * busy, now
        return self._load

    def close(self) -> None:
        """Drop waiting jobs, let running ones finish, and join the threads. Blocks until then."""
        with self._changed:
            self._closed = True
            waiting = self._waiting.clear()
            self._changed.notify_all()
        for job in waiting:
            _drop(job, f"worker {self.name} is closed")
        for thread in self._threads:
            thread.join()

    def _put(self, job: _Job) -> None:
        replaced: list[_Job] = []
        dropped: _Job | None = None
        with self._changed:
            if self._closed:
                dropped = job
            else:
                pushed_out = self._waiting.add(job)
                replaced, dropped = pushed_out.superseded, pushed_out.dropped
                self._superseded += len(replaced)
                self._dropped += dropped is not None
                self._changed.notify()
        for old in replaced:
            _drop(old, f"a newer job of {old.key} took its place")
        if dropped is not None:
            why = "closed" if self._closed else f"full ({self._limit} jobs wait)"
            _drop(dropped, f"worker {self.name} is {why}")

    def _remove(self, job: _Job) -> None:
        with self._changed:
            self._cancelled += self._waiting.remove(job)

    def _next(self) -> _Job | None:
        """Take the next job out of the queue; None when the worker is closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                job = self._waiting.take(now, self._running, self._least_priority())
                if job is not None:
                    self._update_load()
                    self._running.add(job.key)
                    self._longest_wait_s = max(self._longest_wait_s, now - job.queued_at)
                    return job
                self._changed.wait()
            return None

    def _work(self) -> None:
        while self._run_next():
            pass

    def _run_next(self) -> bool:
        job = self._next()
        if job is None:
            return False
        # False if the caller cancelled after the job left the queue.
        if not job.result.set_running_or_notify_cancel():
            self._finished(job, None)
            return True
        started = time.monotonic()
        try:
            value = job.work()
        except BaseException as error:
            self._finished(job, time.monotonic() - started, failed=True)
            job.result.set_exception(error)
        else:
            self._finished(job, time.monotonic() - started)
            job.result.set_result(value)
        return True

    def _finished(self, job: _Job, took_s: float | None, *, failed: bool = False) -> None:
        with self._changed:
            self._update_load()
            self._running.discard(job.key)
            if took_s is None:
                self._cancelled += 1
            else:
                self._completed += not failed
                self._failed += failed
                self._run_s += took_s
                self._longest_run_s = max(self._longest_run_s, took_s)
            # Another thread may have passed over a job of this key.
            self._changed.notify()


def _drop(job: _Job, why: str) -> None:
    if job.result.set_running_or_notify_cancel():
        job.result.set_exception(Superseded(why))
