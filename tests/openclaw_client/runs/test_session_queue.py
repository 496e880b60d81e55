"""One turn at a time in each session."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client.runs.session_queue import SessionQueue
from testing.manual_clock import settle


async def test_the_second_waits_for_the_first() -> None:
    queue = SessionQueue()
    first = await queue.enter("a")
    second = asyncio.create_task(queue.enter("a"))
    await settle()
    assert not second.done()
    first.release()
    (await second).release()


async def test_sessions_do_not_wait_for_each_other() -> None:
    queue = SessionQueue()
    await queue.enter("a")
    async with asyncio.timeout(5):
        await queue.enter("b")


async def test_in_the_order_they_came_but_for_the_front() -> None:
    queue, order = SessionQueue(), []
    first = await queue.enter("a")

    async def enter(name: str, front: bool) -> None:
        slot = await queue.enter("a", front=front)
        order.append(name)
        slot.release()

    async with asyncio.TaskGroup() as group:
        for name, front in (("two", False), ("three", False), ("urgent", True)):
            group.create_task(enter(name, front))
            await settle()
        assert queue.waiting("a") == 3
        first.release()
    assert order == ["urgent", "two", "three"]


async def test_who_gives_up_waiting_is_passed_over() -> None:
    queue = SessionQueue()
    first = await queue.enter("a")
    gone, patient = asyncio.create_task(queue.enter("a")), asyncio.create_task(queue.enter("a"))
    await settle()
    gone.cancel()
    await settle()
    first.release()
    await asyncio.wait_for(patient, 5)


async def test_who_is_called_and_gives_up_at_once_passes_it_on() -> None:
    queue = SessionQueue()
    first = await queue.enter("a")
    gone, patient = asyncio.create_task(queue.enter("a")), asyncio.create_task(queue.enter("a"))
    await settle()
    first.release()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await asyncio.wait_for(patient, 5)


async def test_releasing_twice_lets_one_in() -> None:
    queue = SessionQueue()
    first = await queue.enter("a")
    second = asyncio.create_task(queue.enter("a"))
    third = asyncio.create_task(queue.enter("a"))
    await settle()
    first.release()
    first.release()
    await settle()
    assert second.done()
    assert not third.done()
    (await second).release()
    (await third).release()
    assert queue.waiting("a") == 0
