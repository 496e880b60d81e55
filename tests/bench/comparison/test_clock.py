"""The virtual clock: it jumps over waiting, and stands while a thread works."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from bench.comparison.clock import VirtualClock


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    clock.set_clocks()
    yield clock
    clock.reset_clocks()
    clock.close()


def test_the_clocks_of_the_module_show_its_time(clock: VirtualClock) -> None:
    async def wait() -> list[float]:
        before = time.time(), time.monotonic(), time.perf_counter()
        await asyncio.sleep(3600)
        after = time.time(), time.monotonic(), time.perf_counter()
        return [late - early for early, late in zip(before, after, strict=True)]

    assert clock.run_until_complete(wait()) == pytest.approx([3600.0] * 3)


def test_it_stands_while_a_thread_works(clock: VirtualClock) -> None:
    async def work() -> float:
        began = time.monotonic()
        ticker = asyncio.create_task(asyncio.sleep(1000))
        assert await asyncio.to_thread(sum, range(1000)) == 499_500
        ticker.cancel()
        return time.monotonic() - began

    assert clock.run_until_complete(work()) == 0.0


def test_it_fails_where_nothing_is_left_to_happen(clock: VirtualClock) -> None:
    with pytest.raises(RuntimeError, match="nothing is left"):
        clock.run_until_complete(clock.create_future())


def test_the_clocks_are_given_back() -> None:
    real = time.monotonic
    clock = VirtualClock()
    clock.set_clocks()
    assert time.monotonic is not real
    clock.reset_clocks()
    clock.close()
    assert time.monotonic is real
