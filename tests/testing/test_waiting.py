"""A wait that is never met fails, and says what was awaited and what was seen instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from testing.waiting import (
    at_a_standstill,
    eventually,
    fixture_at_a_standstill,
    say_where,
    within,
)
from virtual_time import VirtualTimeLoop


@dataclass
class House:
    guests: int = 0
    rooms: list[str] = field(default_factory=list)


async def test_what_comes_true_is_given_back() -> None:
    house = House()
    asyncio.get_running_loop().call_later(0.01, house.rooms.append, "kitchen")
    assert await eventually(lambda: house.rooms) == ["kitchen"]


async def test_a_condition_that_does_not_come_true_is_told_with_what_was_seen() -> None:
    house = House(guests=1)
    with pytest.raises(AssertionError) as told:
        await eventually(
            lambda: house.guests == 2 and not (len(house.rooms) > 1),
            0.01,
            seen=lambda: "a dark window",
        )
    assert str(told.value) == (
        "not within 0.01 s: `house.guests == 2 and not (len(house.rooms) > 1)`; "
        "seen: house.guests = 1; len(house.rooms) = 0; 'a dark window'"
    )


async def test_a_condition_that_is_no_lambda_is_told_by_its_name() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.01 s: list\.copy; seen: \[\]"):
        await eventually([].copy, 0.01)


async def test_a_stretch_that_takes_too_long_is_told_by_its_name() -> None:
    with pytest.raises(AssertionError, match=r"0\.01 s: the postman; seen: \['a letter'\]"):
        async with within(0.01, "the postman", seen=lambda: ["a letter"]):
            await asyncio.Event().wait()


async def test_a_time_limit_of_the_code_under_test_is_left_alone() -> None:
    with pytest.raises(TimeoutError, match="theirs"):
        async with within(5, "the postman"):
            raise TimeoutError("theirs")


async def test_a_bare_time_limit_tells_where_its_time_went() -> None:
    with pytest.raises(TimeoutError) as told:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()  # here
    say_where(told.value)
    assert "test_waiting.py" in str(told.value)
    assert "`await asyncio.Event().wait()  # here`" in str(told.value)


async def knocks(door: asyncio.Event) -> None:
    await door.wait()


async def polls() -> None:
    while True:  # noqa: ASYNC110 - the loop that never ends is what is tested
        await asyncio.sleep(0.01)


async def goes_on() -> None:
    for _ in range(40):
        await asyncio.sleep(0.01)


async def test_a_test_that_stands_still_fails_where_it_stands() -> None:
    with pytest.raises(AssertionError, match=r"stood still for 0\.2 s: .*`await door\.wait\(\)`"):
        await at_a_standstill(knocks, 0.2)(asyncio.Event())
    with pytest.raises(AssertionError, match=r"stood still .*`await asyncio\.sleep\(0\.01\)`"):
        await at_a_standstill(polls, 0.2)()


async def test_one_that_goes_on_does_not() -> None:
    await at_a_standstill(goes_on, 0.2)()


async def test_a_fixture_that_stands_still_fails_in_its_setup_or_its_teardown() -> None:
    door = asyncio.Event()

    async def slow_to_open() -> AsyncGenerator[str, None]:
        await door.wait()
        yield "opened"

    async def slow_to_close() -> AsyncGenerator[str, None]:
        yield "opened"
        await door.wait()

    with pytest.raises(AssertionError, match=r"stood still for 0\.1 s: .*`await door\.wait\(\)`"):
        await anext(fixture_at_a_standstill(slow_to_open, 0.1)())
    fixture = fixture_at_a_standstill(slow_to_close, 0.1)()
    assert await anext(fixture) == "opened"
    with pytest.raises(AssertionError, match=r"stood still for 0\.1 s: .*`await door\.wait\(\)`"):
        await anext(fixture)


async def test_it_may_swallow_its_cancellation_and_fails_all_the_same() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    with pytest.raises(AssertionError, match="stood still"):
        await at_a_standstill(stubborn, 0.1)()


@pytest.mark.parametrize(
    ("work", "longest_s", "told"),
    [
        (lambda: knocks(asyncio.Event()), 30.0, r"nothing is left .*`await door\.wait\(\)`"),
        (polls, 0.05, r"no end after \d+ s: .*sleep\(0\.01\)"),
    ],
)
def test_in_virtual_time_too(
    work: Callable[[], Coroutine[Any, Any, None]], longest_s: float, told: str
) -> None:
    with (
        asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(longest_s)) as runner,
        pytest.raises(RuntimeError, match=told),
    ):
        runner.run(work())
