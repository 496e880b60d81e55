"""Slices give the sound of the whole, and none is heard that a gap would follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from server.engines.kokoro_graph import FRAME_SAMPLES, REACH_FRAMES
from server.engines.kokoro_slices import (
    FrameSlice,
    crossfaded,
    has_no_gap,
    joined_slices,
    next_slice,
)

FRAME_S = FRAME_SAMPLES / 24_000


def computed(begin: int, end: int, frame_s: float) -> list[FrameSlice]:
    """The slices of a text on a machine that takes ``frame_s`` for each frame."""
    clock, slices = Clock(frame_s), list[FrameSlice]()
    whole = sound(end)
    for _ in joined_slices(begin, end, clock.computing(whole, slices), clock.read):
        pass
    return slices


@pytest.mark.parametrize(("begin", "end"), [(0, 1), (14, 60), (14, 66), (20, 170), (0, 1030)])
@pytest.mark.parametrize("speed", [0.0, 0.2, 0.6, 3.0])
def test_slices_cover_the_text_once_with_context_on_both_sides(
    begin: int, end: int, speed: float
) -> None:
    plan = computed(begin, end, FRAME_S * speed)
    assert plan[0].begin == begin
    assert plan[-1].end == plan[-1].last == end
    for before, after in pairwise(plan):
        assert before.end == after.begin
    for each in plan:
        assert each.first == max(0, each.begin - REACH_FRAMES)
        assert each.last == min(end, each.end + REACH_FRAMES)
        assert each.begin < each.end <= each.begin + 72


def test_slices_grow_as_far_as_the_sound_before_them_lasts() -> None:
    sizes = [each.end - each.begin for each in computed(10, 400, FRAME_S * 0.25)]
    assert sizes == [12, 26, 48, 48, 48, 48, 48, 48, 64]
    slower = [each.end - each.begin for each in computed(10, 120, FRAME_S * 0.4)]
    assert slower == [12, 13, 20, 35, 30]
    assert [each.end for each in computed(10, 40, 0.0)] == [22, 40]
    assert len(computed(10, 27, 0.0)) == 1


def sound(frames: int) -> NDArray[np.float32]:
    return np.random.default_rng(3).standard_normal(frames * FRAME_SAMPLES).astype(np.float32)


class Clock:
    """Seconds that pass with each frame that is computed."""

    def __init__(self, frame_s: float) -> None:
        self.now = 0.0
        self.frame_s = frame_s

    def read(self) -> float:
        return self.now

    def computing(
        self, whole: NDArray[np.float32], slices: list[FrameSlice]
    ) -> Callable[[FrameSlice], NDArray[np.float32]]:
        """Slices of ``whole``, each of which takes its time and is noted in ``slices``."""

        def compute(each: FrameSlice) -> NDArray[np.float32]:
            self.now += each.work * self.frame_s
            slices.append(each)
            return whole[each.first * FRAME_SAMPLES : each.last * FRAME_SAMPLES]

        return compute

    def pieces_of(self, whole: NDArray[np.float32], begin: int) -> Iterator[NDArray[np.float32]]:
        end = whole.size // FRAME_SAMPLES
        return joined_slices(begin, end, self.computing(whole, []), self.read)


def test_joined_slices_are_the_whole() -> None:
    whole, clock = sound(230), Clock(FRAME_S / 10)
    pieces = list(clock.pieces_of(whole, 12))
    assert len(pieces) > 3
    assert np.allclose(np.concatenate(pieces), whole[12 * FRAME_SAMPLES :], atol=1e-5)


def test_neighbours_that_differ_are_faded_into_each_other() -> None:
    levels = iter([0.0, 1.0, 1.0, 1.0])
    pieces = list(
        joined_slices(
            0,
            120,
            lambda each: np.full(each.work * FRAME_SAMPLES, next(levels), np.float32),
            lambda: 0.0,
        )
    )
    joined = np.concatenate(pieces)
    assert joined.size == 120 * FRAME_SAMPLES
    assert not joined[: pieces[0].size].any()
    assert np.abs(np.diff(joined)).max() < 0.01
    assert joined[-1] == 1


@pytest.mark.parametrize("speed", [0.1, 0.25, 0.4, 0.6, 0.8, 1.0, 2.0])
@pytest.mark.parametrize("silent", [0, 6, 12])
def test_sound_is_held_until_no_gap_can_follow(speed: float, silent: int) -> None:
    whole, clock = sound(250), Clock(FRAME_S * speed)
    whole[: silent * FRAME_SAMPLES] = 0
    heard_until: float | None = None
    for piece in clock.pieces_of(whole, 0):
        if heard_until is None:
            heard_until = clock.now - silent * FRAME_S
        else:
            assert clock.now <= heard_until, f"a gap at {speed} of real time"
        heard_until += piece.size / 24_000


def test_the_first_sound_waits_for_more_on_a_slow_machine() -> None:
    whole = sound(250)
    fast, slow = (next(Clock(FRAME_S * speed).pieces_of(whole, 0)).size for speed in (0.25, 2.0))
    assert fast == 12 * FRAME_SAMPLES
    assert slow > whole.size // 2


def test_a_gap_is_foreseen_with_a_margin() -> None:
    work = 20 + 2 * REACH_FRAMES
    ahead_s = work * FRAME_S / 2
    found = next_slice(100, 400, FRAME_S / 2, ahead_s)
    assert found is not None
    assert found.work < work, "the next slice may be slower than those before"
    assert next_slice(100, 400, FRAME_S, 0.2) is None
    assert has_no_gap(250, 250, 1e9, 0.0), "nothing is left to wait for"


def test_what_has_begun_is_not_held_when_the_machine_becomes_slow() -> None:
    whole, clock = sound(250), Clock(FRAME_S / 10)
    pieces = clock.pieces_of(whole, 0)
    next(pieces)
    clock.frame_s = FRAME_S * 5
    assert 0 < next(pieces).size <= 48 * FRAME_SAMPLES
    assert next(pieces).size == 24 * FRAME_SAMPLES, "longer slices cost less for each frame"


def test_a_crossfade_begins_with_the_old_and_ends_with_the_new() -> None:
    old, new = np.zeros(5, np.float32), np.ones(5, np.float32)
    assert crossfaded(old, new).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert crossfaded(old[:0], new[:0]).size == 0
