"""A bot pulls, tries, answers, restarts and goes back by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fleet.desired_state.kept import MOST_STARTS, KeptState
from tests.fleet.desired_state.plane import Box, MemoryPlane

pytestmark = pytest.mark.virtual_time

LOUD = {"live": {"volume": 8}}
QUIET = {"live": {"volume": 2}}
BIG = {"fixed": {"model": "large"}}


async def test_a_version_is_applied_while_the_bot_runs(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start() as state:
        await asyncio.sleep(1)
        first = plane.put(LOUD)
        await asyncio.sleep(1)
        assert (box.volumes, state.state, plane.answers) == ([8], "trying", [])
        await asyncio.sleep(65)
        assert plane.answers == [(1, "applied", "")]
        assert (state.state, state.running) == ("running", first)
        await asyncio.sleep(25)
        assert (plane.beats[-1].version, plane.beats[-1].hash) == (1, first.hash)
    assert KeptState(tmp_path).good == first


async def test_the_next_start_needs_no_control_plane(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    plane.put(LOUD)
    async with box.start():
        await asyncio.sleep(70)
    plane.away = True
    async with box.start() as state:
        await asyncio.sleep(1000)
        assert box.loaded.live.volume == 8
        assert state.running == plane.version


async def test_what_the_settings_refuse_is_not_tried(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start() as state:
        plane.put({"live": {"volume": "loud"}})
        await asyncio.sleep(200)
        assert [each[:2] for each in plane.answers] == [(1, "refused")]
        assert "live.volume" in plane.acks[0].reason
        assert (box.volumes, state.running) == ([], None)
        assert plane.seen[0].kind == "config_refused"


async def test_a_version_that_breaks_a_part_is_taken_back(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    box.breaks_with = 8
    async with box.start() as state:
        good = plane.put(QUIET)
        await asyncio.sleep(70)
        plane.put(LOUD)
        await asyncio.sleep(70)
        assert box.volumes == [2, 8, 2]
        assert state.running == good
        assert plane.answers[-1] == (2, "refused", "went back: after 60 s this is broken: Ga")
        beats = len(plane.beats)
        await asyncio.sleep(300)  # it is not tried again, and not asked for without end
        assert box.volumes == [2, 8, 2]
        assert len(plane.answers) == 2
        assert len(plane.beats) - beats in range(14, 17)


async def test_a_part_that_was_broken_before_takes_nothing_back(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    box.health["Gateway"] = "broken"
    async with box.start():
        plane.put(LOUD)
        await asyncio.sleep(70)
        assert plane.answers == [(1, "applied", "")]


async def test_what_a_part_cannot_apply_is_taken_back(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start():
        plane.put({"live": {"volume": 101}})
        await asyncio.sleep(10)
        assert [each[:2] for each in plane.answers] == [(1, "refused")]
        assert "the amplifier does not take it" in plane.acks[0].reason
        assert box.live.current.live.volume == 5


async def test_without_leave_to_restart_the_need_is_reported(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start() as state:
        plane.put({**LOUD, **BIG})
        await asyncio.sleep(70)
        (ack,) = plane.acks
        assert (ack.outcome, ack.restart_needed) == ("applied", ("fixed.model",))
        assert (box.volumes, box.restarts, state.state) == ([8], 0, "restart_needed")
    async with box.start() as state:  # by a person
        assert box.loaded.fixed.model == "large"
        assert state.state == "running"
        await asyncio.sleep(70)
        assert plane.acks[-1].restart_needed == ()
    assert KeptState(tmp_path).trial is None


async def test_a_restart_and_its_trial(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path, restart="now")
    async with box.start():
        plane.put(BIG)
        await asyncio.sleep(5)
        assert box.restarts == 1
    async with box.start() as state:
        await asyncio.sleep(5)
        assert (box.loaded.fixed.model, state.state) == ("large", "trying")
        await asyncio.sleep(60)
        assert plane.answers == [(1, "applied", "")]
    assert box.restarts == 1
    assert [each.kind for each in plane.seen] == ["restart", "config_applied"]


async def test_a_restart_waits_for_the_end_of_the_calls(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path, restart="idle")
    box.busy = True
    async with box.start() as state:
        plane.put(BIG)
        await asyncio.sleep(600)
        assert (box.restarts, state.state) == (0, "restart_needed")
        box.busy = False
        await asyncio.sleep(10)
        assert box.restarts == 1


async def test_a_restart_that_was_taken_back_does_not_happen(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path, restart="idle")
    box.busy = True
    async with box.start() as state:
        plane.put(QUIET)
        await asyncio.sleep(70)
        plane.put(BIG)
        await asyncio.sleep(60)
        plane.put(QUIET)
        await asyncio.sleep(120)
        box.busy = False
        await asyncio.sleep(30)
        assert (box.restarts, state.state) == (0, "running")
        assert plane.answers[-1] == (3, "applied", "")


async def test_a_start_that_breaks_a_part_goes_back_by_another(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path, restart="now")
    async with box.start():
        plane.put(BIG)
        await asyncio.sleep(5)
    box.health["Discord"] = "broken"
    async with box.start():
        await asyncio.sleep(70)
        assert box.restarts == 2
        assert plane.answers[0][:2] == (1, "refused")
    async with box.start():
        assert box.loaded.fixed.model == "base"
        await asyncio.sleep(300)
        assert (box.restarts, len(plane.answers)) == (2, 1)


async def test_starts_that_end_early_end_the_trial(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path, restart="now")
    async with box.start():
        plane.put(BIG)
        await asyncio.sleep(5)
    for _ in range(MOST_STARTS):
        box.start()  # and a crash
        assert box.loaded.fixed.model == "large"
    async with box.start():
        assert box.loaded.fixed.model == "base"
        await asyncio.sleep(5)
        assert plane.answers[0][:2] == (1, "refused")


async def test_answers_outlive_an_outage_and_a_restart(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start():
        plane.put(LOUD)
        await asyncio.sleep(1)
        plane.away = True
        await asyncio.sleep(70)
        assert plane.acks == []
    async with box.start():
        await asyncio.sleep(20)
        plane.away = False
        await asyncio.sleep(400)
        assert plane.answers == [(1, "applied", "")]
        assert [each.kind for each in plane.seen] == ["config_applied"]


async def test_a_refused_version_that_comes_again_is_refused_at_once(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    box.breaks_with = 8
    async with box.start():
        plane.put(QUIET)
        await asyncio.sleep(70)
        plane.put(LOUD)
        await asyncio.sleep(70)
        plane.put({**LOUD, "fixed": {"model": "base"}})
        await asyncio.sleep(70)
        tried = len(box.volumes)
        plane.put(LOUD)  # the content of version 2
        await asyncio.sleep(5)
        assert plane.answers[-1] == (4, "refused", "the same was refused as version 2: went ")
        assert len(box.volumes) == tried


async def test_after_a_good_version_a_refused_one_is_tried_again(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    box.breaks_with = 8
    async with box.start():
        plane.put(LOUD)
        await asyncio.sleep(70)
        box.breaks_with = None
        plane.put(QUIET)
        await asyncio.sleep(70)
        plane.put(LOUD)
        await asyncio.sleep(70)
        assert [each[:2] for each in plane.answers] == [
            (1, "refused"),
            (2, "applied"),
            (3, "applied"),
        ]


async def test_a_refused_version_leaves_the_one_that_waits_for_a_restart(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start() as state:
        waits = plane.put(BIG)
        await asyncio.sleep(70)
        plane.put({"live": {"volume": 101}, **BIG})
        await asyncio.sleep(70)
        assert state.state == "restart_needed"
        assert box.kept.trial == waits


async def test_the_content_that_runs_needs_no_trial_under_a_new_number(tmp_path: Path) -> None:
    plane = MemoryPlane()
    box = Box(plane, tmp_path)
    async with box.start() as state:
        plane.put(QUIET)
        await asyncio.sleep(70)
        plane.put({"live": {"volume": 101}})
        await asyncio.sleep(10)
        box.health["Gateway"] = "broken"  # a hiccup, which the rollback has no part in
        back = plane.put(QUIET)
        await asyncio.sleep(70)
        assert [each[:2] for each in plane.answers] == [
            (1, "applied"),
            (2, "refused"),
            (3, "applied"),
        ]
        assert state.running == back
    assert box.kept.version_for_start() == back


async def test_a_refused_number_leaves_the_good_version_of_its_content(tmp_path: Path) -> None:
    kept, plane = KeptState(tmp_path), MemoryPlane()
    good, same = plane.put(QUIET), plane.put(QUIET)
    kept.accept(good)
    kept.refuse(same, "a hiccup")
    assert kept.version_for_start() == good
