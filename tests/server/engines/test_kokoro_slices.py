"""Slices give the sound of the whole, and none is heard that a gap would follow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from server.engines.kokoro_graph import FRAME_SAMPLES, REACH_FRAMES
from server.engines.kokoro_slices import (
    FrameSlice,
    crossfaded,
    frame_slices,
    has_no_gap,
    joined_slices,
)

FRAME_S = FRAME_SAMPLES / 24_000


@pytest.mark.parametrize(("begin", "end"), [(0, 1), (14, 60), (14, 66), (20, 170), (0, 1030)])
def test_slices_cover_the_text_once_with_context_on_both_sides(begin: int, end: int) -> None:
    plan = frame_slices(begin, end)
    assert plan[0].begin == begin
    assert plan[-1].end == plan[-1].last == end
    for before, after in pairwise(plan):
        assert before.end == after.begin
    for each in plan:
        assert each.first == max(0, each.begin - REACH_FRAMES)
        assert each.last == min(end, each.end + REACH_FRAMES)
        assert each.begin < each.end <= each.begin + 72


def test_the_first_slice_is_the_shortest_that_is_worth_its_context() -> None:
    assert [each.end for each in frame_slices(10, 200)] == [30, 62, 110, 158, 200]
    assert [each.end for each in frame_slices(10, 60)] == [30, 60]
    assert len(frame_slices(10, 40)) == 1


def sound(frames: int) -> NDArray[np.float32]:
    return np.random.default_rng(3).standard_normal(frames * FRAME_SAMPLES).astype(np.float32)


class Clock:
    """Seconds that pass with each frame that is computed."""

    def __init__(self, frame_s: float) -> None:
        self.now = 0.0
        self.frame_s = frame_s

    def read(self) -> float:
        return self.now

    def slices_of(
        self, whole: NDArray[np.float32], plan: list[FrameSlice]
    ) -> Iterator[NDArray[np.float32]]:
        def compute(each: FrameSlice) -> NDArray[np.float32]:
            self.now += each.work * self.frame_s
            return whole[each.first * FRAME_SAMPLES : each.last * FRAME_SAMPLES]

        return joined_slices(plan, compute, self.read)


def test_joined_slices_are_the_whole() -> None:
    whole, plan, clock = sound(230), frame_slices(12, 230), Clock(FRAME_S / 10)
    pieces = list(clock.slices_of(whole, plan))
    assert len(pieces) == len(plan)
    assert np.allclose(np.concatenate(pieces), whole[12 * FRAME_SAMPLES :], atol=1e-5)


def test_neighbours_that_differ_are_faded_into_each_other() -> None:
    plan, levels = frame_slices(0, 120), iter([0.0, 1.0, 1.0])
    pieces = list(
        joined_slices(
            plan,
            lambda each: np.full(each.work * FRAME_SAMPLES, next(levels), np.float32),
            lambda: 0.0,
        )
    )
    seam = plan[1].begin * FRAME_SAMPLES
    joined = np.concatenate(pieces)
    assert not joined[:seam].any()
    assert np.abs(np.diff(joined)).max() < 0.01
    assert joined[-1] == 1


def test_on_a_slow_machine_sound_is_held_until_no_gap_can_follow() -> None:
    whole, plan = sound(250), frame_slices(0, 250)
    for speed in (0.4, 0.8, 1.0, 2.0):
        clock = Clock(FRAME_S * speed)
        heard_until: float | None = None
        for piece in clock.slices_of(whole, plan):
            if heard_until is not None:
                assert clock.now <= heard_until, f"a gap at {speed} of real time"
            heard_until = (heard_until or clock.now) + piece.size / 24_000
    slow = Clock(FRAME_S * 2)
    first = next(slow.slices_of(whole, plan))
    assert first.size > plan[0].end * FRAME_SAMPLES


def test_a_gap_is_foreseen_with_a_margin() -> None:
    plan = frame_slices(0, 20 + 32 + 48)
    first, second = plan[0], plan[1]
    just_in_time = first.end * FRAME_S / second.work
    assert not has_no_gap(plan, 1, just_in_time)
    assert not has_no_gap(plan, 1, just_in_time / 2, silence_s=first.end * FRAME_S * 0.8)
    assert has_no_gap(plan, 1, just_in_time / 2)
    assert has_no_gap(plan, len(plan), 1e9), "nothing is left to wait for"


def test_what_has_begun_is_not_held_when_the_machine_becomes_slow() -> None:
    whole, plan = sound(250), frame_slices(0, 250)
    clock = Clock(FRAME_S / 10)
    pieces = clock.slices_of(whole, plan)
    next(pieces)
    clock.frame_s = FRAME_S * 5
    assert next(pieces).size == (plan[1].end - plan[1].begin) * FRAME_SAMPLES


def test_a_crossfade_begins_with_the_old_and_ends_with_the_new() -> None:
    old, new = np.zeros(5, np.float32), np.ones(5, np.float32)
    assert crossfaded(old, new).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert crossfaded(old[:0], new[:0]).size == 0
