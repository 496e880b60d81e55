"""Tasks that have an owner."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Any

import pytest

from logs import place, placed
from tasks import OwnedTasks, uninterrupted
from testing.manual_clock import settle

log = logging.getLogger("tests.tasks")


async def fails(error: Exception) -> None:
    raise error


async def test_what_a_task_fails_of_is_told_and_not_reported_as_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
    tasks = OwnedTasks(log, expected=(KeyError,))
    tasks.spawn(fails(ZeroDivisionError()), "divide")
    tasks.spawn(fails(KeyError()), "look up")
    await tasks.wait()
    gc.collect()
    await settle()
    assert seen == []
    assert caplog.messages == ["the task 'divide' failed"]
    assert len(tasks) == 0


async def test_closing_ends_them_all_and_what_they_start_meanwhile() -> None:
    tasks = OwnedTasks(log)
    ended: list[str] = []

    async def wait(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)
            if name == "first":
                tasks.spawn(wait("late"), "late")

    before = asyncio.all_tasks()
    tasks.spawn(wait("first"), "first")
    tasks.spawn(wait("second"), "second")
    await settle()
    await tasks.aclose()
    assert sorted(ended) == ["first", "second"], "what comes late does not begin"
    assert asyncio.all_tasks() == before
    assert tasks.spawn(wait("after"), "after").cancelling()
    await tasks.wait()


async def test_one_of_them_may_close_them() -> None:
    tasks = OwnedTasks(log)
    other = tasks.spawn(asyncio.Event().wait(), "waits")
    closing = tasks.spawn(tasks.aclose(), "closes")
    await asyncio.wait({closing})
    assert other.cancelled()
    assert not closing.cancelled()


async def test_cancelled_they_may_be_followed_by_others() -> None:
    tasks = OwnedTasks(log)
    first = tasks.spawn(asyncio.Event().wait(), "waits")
    tasks.cancel()
    second = tasks.spawn(asyncio.sleep(0, "done"), "works")
    assert await second == "done"
    assert first.cancelled()


async def test_a_failure_that_repeats_is_not_told_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = OwnedTasks(log)
    for number in range(100):
        tasks.spawn(fails(OSError()), f"look {number}")
        await tasks.wait()
    assert len(caplog.records) == 7


async def test_they_are_logged_as_of_their_place() -> None:
    async def where() -> str:
        return place()

    assert await OwnedTasks(log, place="guild 1").spawn(where(), "where") == "guild 1"
    with placed("guild 2, turn 3"):
        inherited = OwnedTasks(log).spawn(where(), "where")
    assert await inherited == "guild 2, turn 3"


async def test_what_must_not_be_interrupted_is_done_before_the_cancellation() -> None:
    done: list[str] = []

    async def steps() -> str:
        await asyncio.sleep(0)
        done.append("first")
        await asyncio.sleep(0)
        done.append("second")
        return "whole"

    assert await uninterrupted(steps()) == "whole"
    task = asyncio.create_task(uninterrupted(steps()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == 2 * ["first", "second"]
    with pytest.raises(KeyError):
        await uninterrupted(fails(KeyError()))
