"""Waiting on a clock, and the back-off."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client.clock import Backoff, sleep, time_limit
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


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.5)
    assert [backoff.next_s() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_reset_starts_again_at_the_first_wait() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.5)
    for _ in range(5):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 1.0


@pytest.mark.parametrize(("chance", "first"), [(0.0, 0.8), (0.999, 1.2)])
def test_jitter_is_a_fifth_to_either_side(chance: float, first: float) -> None:
    assert Backoff(1.0, 30.0, chance=lambda: chance).next_s() == pytest.approx(first, abs=0.01)


def test_jitter_does_not_stretch_the_longest_wait() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.999)
    assert max(backoff.next_s() for _ in range(20)) == 30.0


def test_the_gateways_word_is_the_least() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.0)
    assert backoff.next_s(0.5) == 0.5
    assert backoff.next_s(300.0) == 300.0
    assert Backoff(1.0, 30.0, chance=lambda: 1.0).next_s(300.0) == pytest.approx(360.0)


def test_years_of_failures_do_not_overflow() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.5)
    assert {backoff.next_s() for _ in range(5_000)} == {1, 2, 4, 8, 16, 30}
