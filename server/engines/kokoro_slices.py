"""Sound in slices: the first is heard while the others are computed.

Each slice is computed with `REACH_FRAMES` more frames on both sides, so that its own samples are
those of the whole. Quantisation makes small differences, so neighbours overlap and are crossfaded;
the harmonic source is computed for the whole before, so their waves have the same phase.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.engines.kokoro import KOKORO_RATE, KokoroFrames, KokoroModel
from server.engines.kokoro_graph import FRAME_SAMPLES, REACH_FRAMES
from server.engines.kokoro_statistics import VoiceStatistics
from server.engines.neural import speech_start

_SIZES: Final = (20, 32, 48)
"""Frames of the first slice, of the second, and of each further one. The first has 250 ms, up to
175 ms of it before the speech."""
_FADE_FRAMES: Final = 2
_MARGIN: Final = 1.3
"""How much slower the next slices may be than those before without a gap in the sound."""
_FRAME_S: Final = FRAME_SAMPLES / KOKORO_RATE


@dataclass(frozen=True, slots=True)
class FrameSlice:
    """Frames whose sound is wanted, ``begin`` to ``end``; ``first`` to ``last`` are computed."""

    begin: int
    end: int
    first: int
    last: int

    @property
    def work(self) -> int:
        """The frames to compute."""
        return self.last - self.first


def sliced_sound(
    model: KokoroModel,
    frames: KokoroFrames,
    statistics: VoiceStatistics,
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[NDArray[np.float32], None, None]:
    """The sound of ``frames`` from the end of the silence before it: ``float32[n]`` each.

    ``statistics`` are the voice's; ``clock`` is in seconds.

    Raises:
        SynthesisFailed: the model fails.
    """
    given = statistics.at(frames.count)
    return joined_slices(
        frame_slices(frames.silent, frames.count),
        lambda each: model.slice_of(frames, each.first, each.last, given),
        clock,
    )


def frame_slices(begin: int, end: int) -> list[FrameSlice]:
    """The slices of the frames ``begin`` to ``end``, which is the end of the text.

    The last one is up to half longer than it would be otherwise.
    """
    ends = [begin]
    for size in chain(_SIZES, repeat(_SIZES[-1])):
        if end - ends[-1] <= size * 3 // 2:
            break
        ends.append(ends[-1] + size)
    return [
        FrameSlice(start, stop, max(0, start - REACH_FRAMES), min(end, stop + REACH_FRAMES))
        for start, stop in pairwise([*ends, end])
    ]


def has_no_gap(
    plan: Sequence[FrameSlice], done: int, frame_s: float, silence_s: float = 0.0
) -> bool:
    """Whether the first ``done`` slices may be heard while the others are computed.

    ``frame_s`` is the time that a frame takes, and ``silence_s`` what is not played of the first
    slice, in seconds.
    """
    begin = plan[0].begin
    heard_s = (plan[done - 1].end - begin) * _FRAME_S - silence_s
    ready_s = 0.0
    for each in plan[done:]:
        ready_s += each.work * frame_s * _MARGIN
        if ready_s > heard_s:
            return False
        heard_s = (each.end - begin) * _FRAME_S - silence_s
    return True


def joined_slices(
    plan: Sequence[FrameSlice],
    compute: Callable[[FrameSlice], NDArray[np.float32]],
    clock: Callable[[], float],
) -> Generator[NDArray[np.float32], None, None]:
    """The sound of the slices, ``float32[n]``: the first ones when no gap is expected after them,
    and each further one at once.

    ``compute`` gives the sound of the frames ``first`` to ``last``; ``clock`` is in seconds.
    """
    fade = np.zeros(0, np.float32)
    held: list[NDArray[np.float32]] = []
    began = False
    spent_s = frames = 0.0
    for number, each in enumerate(plan, 1):
        started = clock()
        sound = compute(each)[(each.begin - each.first) * FRAME_SAMPLES :]
        spent_s += clock() - started
        frames += each.work
        size = (each.end - each.begin) * FRAME_SAMPLES
        own = sound[:size].copy()
        own[: fade.size] = crossfaded(fade, own[: fade.size])
        fade = sound[size : size + min(_FADE_FRAMES * FRAME_SAMPLES, sound.size - size)]
        held.append(own)
        if not began:
            silence_s = speech_start(np.concatenate(held)) / KOKORO_RATE
            began = has_no_gap(plan, number, spent_s / frames, silence_s)
        if began:
            yield np.concatenate(held)
            held.clear()


def crossfaded(old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
    """From ``old`` to ``new``, in a straight line; both are ``float32[n]``."""
    share = np.linspace(0, 1, old.size, dtype=np.float32)
    return old + (new - old) * share
