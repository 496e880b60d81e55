from __future__ import annotations

import asyncio

import pytest

from server.protection.turns import SynthesisTurns
from testing.manual_clock import settle

pytestmark = pytest.mark.virtual_time


class Streams:
    """Streams that note when they get a turn, and keep it for a second."""

    def __init__(self) -> None:
        self.turns = SynthesisTurns(at_once=1)
        self.order: list[str] = []

    async def stream(self, client: str, name: str, turns: int) -> None:
        for made in range(turns):
            async with self.turns.turn(client, made):
                self.order.append(name)
                await asyncio.sleep(1)


async def test_a_short_text_does_not_wait_for_the_long_ones_of_others() -> None:
    streams = Streams()
    async with asyncio.TaskGroup() as tasks:
        for number in range(8):
            tasks.create_task(streams.stream("attacker", f"long {number}", 20))
        await asyncio.sleep(3.5)
        tasks.create_task(streams.stream("other", "short", 3))
    first = streams.order.index("short")
    assert first <= 5
    assert streams.order[first : first + 6].count("short") == 3


async def test_the_stream_with_the_least_sound_comes_first() -> None:
    streams = Streams()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(streams.stream("one", "long", 6))
        await asyncio.sleep(2.5)
        tasks.create_task(streams.stream("one", "short", 2))
    assert streams.order == ["long", "long", "long", "short", "short", "long", "long", "long"]


async def test_no_more_than_the_number_work_at_once() -> None:
    turns, working, most = SynthesisTurns(at_once=2), 0, 0

    async def stream(client: str) -> None:
        nonlocal working, most
        for made in range(5):
            async with turns.turn(client, made):
                working += 1
                most = max(most, working)
                await asyncio.sleep(0.1)
                working -= 1

    async with asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(stream(f"client {number % 3}"))
    assert most == 2
    assert not turns.contended


async def test_a_stream_that_is_cancelled_takes_no_turn_with_it() -> None:
    turns = SynthesisTurns(at_once=1)
    async with turns.turn("one", 0):
        waiting = [asyncio.create_task(_once(turns, f"client {number}")) for number in range(3)]
        await settle()
        waiting[0].cancel()
        await settle()
    await asyncio.wait(waiting)
    assert [each.cancelled() for each in waiting] == [True, False, False]
    async with turns.turn("one", 0):
        assert not turns.contended


async def test_a_turn_that_is_given_to_a_cancelled_stream_passes_on() -> None:
    turns = SynthesisTurns(at_once=1)
    async with turns.turn("one", 0):
        first, second = (asyncio.create_task(_once(turns, f"client {n}")) for n in range(2))
        await settle()
    first.cancel()  # its turn is there, and it has not run yet
    await asyncio.wait((first, second))
    assert first.cancelled()
    assert not second.cancelled()


async def _once(turns: SynthesisTurns, client: str) -> None:
    async with turns.turn(client, 0):
        await asyncio.sleep(1)
