"""The queue of a model worker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from pipeline.errors import Superseded
from pipeline.inference.job_queue import Priority
from pipeline.inference.model_worker import ModelWorker

WAIT_S = 5.0


class Gate:
    """A job that blocks the worker's thread until the gate is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        assert self.opened.wait(WAIT_S)
        return "gate"

    async def wait_entered(self) -> None:
        assert await asyncio.to_thread(self.entered.wait, WAIT_S)


@pytest.fixture
def worker() -> Iterator[ModelWorker]:
    worker = ModelWorker("test", limit=3)
    yield worker
    worker.close()


def noted(log: list[str], name: str) -> Callable[[], str]:
    def work() -> str:
        log.append(name)
        return name

    return work


async def queued(
    worker: ModelWorker, log: list[str], name: str, priority: Priority = Priority.FINAL
) -> asyncio.Task[str]:
    """Queue a job whose key is its name."""
    task = asyncio.create_task(worker.run(name, noted(log, name), priority=priority))
    await asyncio.sleep(0)
    return task


async def test_results_and_errors_reach_the_caller(worker: ModelWorker) -> None:
    assert await worker.run("a", lambda: threading.current_thread().name) == "test-0"
    with pytest.raises(ZeroDivisionError):
        await worker.run("a", lambda: 1 // 0)
    assert await worker.run("a", lambda: "still alive") == "still alive"
    stats = worker.stats()
    assert (stats.completed, stats.failed, stats.running, stats.queued) == (2, 1, 0, 0)


async def test_the_newest_of_the_highest_priority_runs_first(worker: ModelWorker) -> None:
    gate, ran = Gate(), list[str]()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    jobs = [
        await queued(worker, ran, "final 1"),
        await queued(worker, ran, "partial", Priority.PARTIAL),
        await queued(worker, ran, "final 2"),
    ]
    gate.opened.set()
    await asyncio.gather(held, *jobs)
    assert ran == ["final 2", "final 1", "partial"]


async def test_a_newer_job_supersedes_older_ones_of_its_key(worker: ModelWorker) -> None:
    gate, ran = Gate(), list[str]()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    stale = asyncio.create_task(worker.run("ann", noted(ran, "stale")))
    await asyncio.sleep(0)
    fresh = asyncio.create_task(worker.run("ann", noted(ran, "fresh")))
    with pytest.raises(Superseded, match="newer job of ann"):
        await stale
    gate.opened.set()
    assert await fresh == "fresh"
    await held
    assert ran == ["fresh"]
    assert worker.stats().superseded == 1


async def test_a_partial_does_not_supersede_a_final(worker: ModelWorker) -> None:
    gate, ran = Gate(), list[str]()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    final = asyncio.create_task(worker.run("ann", noted(ran, "final")))
    await asyncio.sleep(0)
    partial = asyncio.create_task(
        worker.run("ann", noted(ran, "partial"), priority=Priority.PARTIAL)
    )
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(held, final, partial)
    assert ran == ["final", "partial"]


async def test_a_full_queue_drops_the_oldest_of_the_lowest_priority(worker: ModelWorker) -> None:
    gate, ran = Gate(), list[str]()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    old = await queued(worker, ran, "old partial", Priority.PARTIAL)
    young = await queued(worker, ran, "young partial", Priority.PARTIAL)
    first = await queued(worker, ran, "final 1")
    second = await queued(worker, ran, "final 2")
    with pytest.raises(Superseded, match="full"):
        await old
    third = await queued(worker, ran, "final 3")
    with pytest.raises(Superseded, match="full"):
        await young
    late = await queued(worker, ran, "late partial", Priority.PARTIAL)
    with pytest.raises(Superseded, match="full"):
        await late
    gate.opened.set()
    await asyncio.gather(held, first, second, third)
    assert worker.stats().dropped == 3
    assert worker.stats().longest_wait_ms > 0


async def test_a_cancelled_job_is_not_run(worker: ModelWorker) -> None:
    gate, ran = Gate(), list[str]()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    job = await queued(worker, ran, "unwanted")
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert worker.stats().queued == 0
    gate.opened.set()
    await held
    await worker.run("other", noted(ran, "wanted"))
    assert ran == ["wanted"]
    assert worker.stats().cancelled == 1


async def test_cancelling_a_running_job_leaves_the_worker_usable(worker: ModelWorker) -> None:
    gate = Gate()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    held.cancel()
    with pytest.raises(asyncio.CancelledError):
        await held
    gate.opened.set()
    assert await worker.run("gate", lambda: "next") == "next"


async def test_only_one_job_of_a_key_runs_at_a_time() -> None:
    worker = ModelWorker("two", threads=2, limit=5)
    try:
        gate, ran = Gate(), list[str]()
        held = asyncio.create_task(worker.run("ann", gate))
        await gate.wait_entered()
        same = asyncio.create_task(worker.run("ann", noted(ran, "same speaker")))
        await asyncio.sleep(0)
        assert await worker.run("ben", noted(ran, "other speaker")) == "other speaker"
        assert not same.done()
        gate.opened.set()
        await asyncio.gather(held, same)
        assert ran == ["other speaker", "same speaker"]
    finally:
        worker.close()


async def test_a_sparing_worker_keeps_its_last_free_thread_from_observers() -> None:
    worker, gate, ran = ModelWorker("test", threads=2, sparing=True), Gate(), list[str]()
    assert worker.has_free_thread
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    assert worker.stats().running == 1
    partial = await queued(worker, ran, "partial", Priority.PARTIAL)
    assert await worker.run("ann", noted(ran, "final")) == "final"
    assert ran == ["final"]
    gate.opened.set()
    await asyncio.gather(held, partial)
    assert ran == ["final", "partial"]
    worker.close()


async def test_closing_drops_waiting_jobs_and_joins_the_threads() -> None:
    worker = ModelWorker("closing")
    gate, ran = Gate(), list[str]()
    held = asyncio.create_task(worker.run("gate", gate))
    await gate.wait_entered()
    waiting = await queued(worker, ran, "waiting")
    closing = asyncio.create_task(asyncio.to_thread(worker.close))
    with pytest.raises(Superseded, match="closed"):
        await waiting
    gate.opened.set()
    assert await held == "gate"
    await closing
    with pytest.raises(Superseded, match="closed"):
        await worker.run("late", lambda: "never")
    worker.close()
    assert not any(thread.name.startswith("closing-") for thread in threading.enumerate())
    assert ran == []


@pytest.mark.parametrize(("threads", "limit"), [(0, 1), (1, 0)])
def test_a_worker_without_threads_or_queue_is_refused(threads: int, limit: int) -> None:
    with pytest.raises(ValueError, match="begin at 1"):
        ModelWorker("none", threads=threads, limit=limit)
