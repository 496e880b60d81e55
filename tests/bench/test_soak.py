"""The soak bench tells a growth from a fluctuation, and a leak from none."""

from __future__ import annotations

import asyncio
import gc

import pytest

from bench.resources import Resources, left_over, own_bytes, own_objects, tasks_by_name
from bench.soak_result import SoakCount, SoakResult, grows, slope
from discord_bot.call.idle import IdleWatch


def count(
    at_s: float = 0.0,
    tasks: int = 20,
    threads: int = 5,
    descriptors: int = 30,
    own_kb: float = 500.0,
    calls: int = 0,
) -> SoakCount:
    return SoakCount(at_s, tasks, threads, descriptors, 100.0, 1000, own_kb, calls)


def test_what_stays_above_its_first_counts_has_grown() -> None:
    assert grows([20, 22, 23, 24], 0)
    assert not grows([20, 26, 23, 27], 0)
    assert not grows([20, 22, 24, 21], 0)
    assert not grows([20, 22, 23, 24], 1)
    assert not grows([20, 30], 0)


def test_a_run_with_one_task_more_at_its_end_is_not_good() -> None:
    counts = [count(), count(tasks=22, descriptors=35), count(tasks=20), count()]
    assert SoakResult(2, 60.0, counts=counts).good
    counts = [count(), count(tasks=22), count(tasks=20), count(tasks=21)]
    result = SoakResult(2, 60.0, counts=counts)
    assert result.growth() == ["tasks [20, 22, 20, 21]"]
    assert not result.good


def test_more_than_a_kilobyte_a_call_is_a_growth() -> None:
    calls = [0, 100, 200, 300]
    steady = [count(own_kb=500 + each * 0.9, calls=each) for each in calls]
    assert SoakResult(2, 60.0, counts=steady).good
    leaking = [count(own_kb=500 + each * 2.5, calls=each) for each in calls]
    assert SoakResult(2, 60.0, counts=leaking).growth() == ["own_kb [500.0, 750.0, 1000.0, 1250.0]"]


def test_what_grows_inside_one_object_is_measured() -> None:
    name = "discord_bot.call.idle.IdleWatch"
    watch = IdleWatch(0.0)
    before = own_bytes()[name]
    vars(watch)["seen"] = {number: [bytes(100)] for number in range(1000)}
    assert own_bytes()[name] - before > 200_000


def test_a_failure_or_a_growing_class_makes_it_bad() -> None:
    counts = [count(), count()]
    assert not SoakResult(1, 1.0, counts=counts, failures=["no answer"]).good
    assert not SoakResult(1, 1.0, counts=counts, growing={"a.B": [1, 9]}).good


def test_the_slope_is_that_of_the_line_through_the_points() -> None:
    assert slope([(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) == pytest.approx(2.0)
    assert slope([(1.0, 7.0)]) == 0.0


async def test_a_task_and_a_descriptor_that_stay_are_found() -> None:
    before = Resources.now()
    assert await left_over(before) == ()
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    waiting = asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    assert tasks_by_name()["Event.wait"] == 1
    found = Resources.now().beyond(before)
    assert "1 tasks left" in found
    assert any("descriptors left" in each for each in found)
    waiting.cancel()
    server.close()
    await server.wait_closed()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await left_over(before) == ()


def test_objects_of_the_project_are_counted_by_class() -> None:
    name = "discord_bot.call.idle.IdleWatch"
    gc.collect()
    before = own_objects()[name]
    kept = [IdleWatch(0.0) for _ in range(3)]
    assert own_objects()[name] == before + len(kept)
