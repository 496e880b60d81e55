"""Waiting on a clock, and the back-off."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client.clock import sleep, time_limit
from testing.manual_clock import ManualClock, settle


async def test_sleep_goes_by_the_clock() -> None:
    clock = ManualClock()
    sleeping = asyncio.create_task(sleep(clock, 5.0))
    await clock.advance(4.9)
    assert not sleeping.done()
    await clock.advance(0.2)
    assert sleeping.done()


async def test_who_is_woken_early_leaves_no_timer() -> None:
    clock = ManualClock()
    sleeping = asyncio.create_task(sleep(clock, 5.0))
    await settle()
    sleeping.cancel()
    await settle()
    assert clock.due_in() == []


async def test_a_time_limit_ends_the_body() -> None:
    clock = ManualClock()

    async def wait() -> None:
        async with time_limit(clock, 2.0):
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await clock.advance(2.1)
    with pytest.raises(TimeoutError):
        await waiting


async def test_a_body_in_time_is_left_alone() -> None:
    clock = ManualClock()
    async with time_limit(clock, 2.0):
        await settle()
    await clock.advance(5.0)
    assert clock.due_in() == []


async def test_the_event_loop_is_a_clock() -> None:
    await sleep(asyncio.get_running_loop(), 0)
