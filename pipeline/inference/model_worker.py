"""A model behind a bounded queue: calls that block run in threads of their own.

What counts in a conversation is the newest question, so the queue is not first come first served:
the highest priority runs first, and the newest of it. A newer job of a key takes the place of the
older ones of the same key that still wait. When the queue is full, the oldest job of the lowest
priority is dropped. Whoever waits for a job that was dropped gets `Superseded`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from pipeline.errors import Superseded

T = TypeVar("T")


class Priority(IntEnum):
    """What may wait for what: a partial hypothesis waits for everything else."""

    PARTIAL = 0
    FINAL = 1


@dataclass(frozen=True, slots=True)
class WorkerStats:
    """How a worker is doing. Counts are since its start."""

    queued: int
    running: int
    completed: int
    failed: int
    superseded: int
    """Gave way to a newer job of the same key."""
    dropped: int
    """Fell out of a full queue."""
    cancelled: int
    """Nobody waited for them any more; removed before they ran."""
    run_ms: float
    """Time spent in the model, all jobs together."""
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
    """Runs jobs in ``threads`` threads, with at most ``limit`` waiting and one a key running.

    One thread is right for a model that is not faster with two callers.
    """

    def __init__(self, name: str, *, threads: int = 1, limit: int = 32) -> None:
        if threads < 1 or limit < 1:
            raise ValueError(f"worker {name}: threads ({threads}) and limit ({limit}) begin at 1")
        self.name = name
        self._limit = limit
        self._waiting: list[_Job] = []
        self._running: set[Hashable] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._completed = self._failed = 0
        self._superseded = self._dropped = self._cancelled = 0
        self._run_s = self._longest_run_s = self._longest_wait_s = 0.0
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

        A job of the same ``key`` with the same or a lower priority that still waits is dropped for
        this one; one that already runs is let finish, and this one waits for it. What must not
        give way to a later job of the same speaker needs a key of its own. Cancelling removes the
        job if it still waits; what runs in a thread cannot be stopped, its result is dropped.

        Raises:
            Superseded: a newer job took its place, the queue was full, or the worker is closed.
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

    def close(self) -> None:
        """Drop what waits, let what runs finish, and join the threads. Blocks for that long."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
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
                replaced = [old for old in self._waiting if _is_superseded_by(old, job)]
                self._waiting = [old for old in self._waiting if not _is_superseded_by(old, job)]
                self._waiting.append(job)
                self._superseded += len(replaced)
                if len(self._waiting) > self._limit:
                    dropped = min(self._waiting, key=lambda other: other.priority)
                    self._waiting.remove(dropped)
                    self._dropped += 1
                self._changed.notify()
        for old in replaced:
            _drop(old, f"a newer job of {old.key} took its place")
        if dropped is not None:
            why = "closed" if self._closed else f"full ({self._limit} jobs wait)"
            _drop(dropped, f"worker {self.name} is {why}")

    def _remove(self, job: _Job) -> None:
        with self._changed:
            if job in self._waiting:
                self._waiting.remove(job)
                self._cancelled += 1

    def _next(self) -> _Job | None:
        """The job to run now, taken out of the queue; None when the worker is closed."""
        with self._changed:
            while not self._closed:
                ready = [job for job in self._waiting if job.key not in self._running]
                if ready:
                    # The queue is in order of arrival, and max takes the first of equals.
                    job = max(reversed(ready), key=lambda other: other.priority)
                    self._waiting.remove(job)
                    self._running.add(job.key)
                    waited = time.monotonic() - job.queued_at
                    self._longest_wait_s = max(self._longest_wait_s, waited)
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
        # False when the one who waited gave up between the queue and here.
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


def _is_superseded_by(old: _Job, new: _Job) -> bool:
    return old.key == new.key and old.priority <= new.priority


def _drop(job: _Job, why: str) -> None:
    if job.result.set_running_or_notify_cancel():
        job.result.set_exception(Superseded(why))
