"""Sound in slices: the first is heard while the others are computed.

Each slice is computed with `REACH_FRAMES` more frames on both sides, so that its own samples are
those of the whole. Quantisation makes small differences, so neighbours overlap and are crossfaded;
the harmonic source is computed for the whole before, so their waves have the same phase.

The first slice is short. Each further one is as long as the sound before it lasts, by the speed of
the slices so far: few long slices cost less than many short ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.engines.kokoro import KOKORO_RATE, KokoroFrames, KokoroModel
from server.engines.kokoro_graph import FRAME_SAMPLES, REACH_FRAMES
from server.engines.kokoro_statistics import VoiceStatistics
from server.engines.neural import speech_start

_FIRST_FRAMES: Final = 12
"""Of the first slice: 150 ms, some 65 ms of it before the speech."""
_LATE_FRAMES: Final = 24
"""Of a slice that cannot be ready in time, or before the first sound."""
_FEWEST_FRAMES: Final = 8
_MOST_FRAMES: Final = 48
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
        frames.silent,
        frames.count,
        lambda each: model.slice_of(frames, each.first, each.last, given),
        clock,
    )


def frame_slice(begin: int, size: int, end: int) -> FrameSlice:
    """A slice of some ``size`` frames of a text that ends at the frame ``end``.

    The rest of the text is part of it if it is too short for a slice of its own.
    """
    stop = begin + size
    if end - stop < min(size, _MOST_FRAMES) // 2:
        stop = end
    return FrameSlice(begin, stop, max(0, begin - REACH_FRAMES), min(end, stop + REACH_FRAMES))


def next_slice(begin: int, end: int, frame_s: float, heard_s: float) -> FrameSlice | None:
    """The longest slice that is ready before the sound ahead of it, ``heard_s``, is over.

    ``frame_s`` is the time that a frame takes. None if a gap is expected before it.
    """
    cost_s = frame_s * _MARGIN
    for size in range(_MOST_FRAMES, _FEWEST_FRAMES - 1, -1):
        found = frame_slice(begin, size, end)
        if found.work * cost_s <= heard_s:
            return found
    return None


def has_no_gap(begin: int, end: int, frame_s: float, heard_s: float) -> bool:
    """Whether the frames ``begin`` to ``end`` can follow ``heard_s`` of sound without a gap.

    ``frame_s`` is the time that a frame takes.
    """
    while begin < end:
        found = next_slice(begin, end, frame_s, heard_s)
        if found is None:
            return False
        heard_s += (found.end - begin) * _FRAME_S - found.work * frame_s * _MARGIN
        begin = found.end
    return True


def joined_slices(
    begin: int,
    end: int,
    compute: Callable[[FrameSlice], NDArray[np.float32]],
    clock: Callable[[], float],
) -> Generator[NDArray[np.float32], None, None]:
    """The sound of the frames ``begin`` to ``end``, ``float32[n]``: the first slices when no gap is
    expected after them, and each further one at once.

    ``compute`` gives the sound of the frames ``first`` to ``last``; ``clock`` is in seconds.
    """
    fade = np.zeros(0, np.float32)
    held: list[NDArray[np.float32]] = []
    over_at: float | None = None
    """When the sound so far has been heard."""
    spent_s = frames = 0.0
    each = frame_slice(begin, _FIRST_FRAMES, end)
    while True:
        started = clock()
        sound = compute(each)[(each.begin - each.first) * FRAME_SAMPLES :]
        now = clock()
        spent_s += now - started
        frames += each.work
        size = (each.end - each.begin) * FRAME_SAMPLES
        own = sound[:size].copy()
        own[: fade.size] = crossfaded(fade, own[: fade.size])
        fade = sound[size : size + min(_FADE_FRAMES * FRAME_SAMPLES, sound.size - size)]
        held.append(own)
        ready = np.concatenate(held)
        ready_s = ready.size / KOKORO_RATE
        if over_at is None:
            heard_s = ready_s - speech_start(ready) / KOKORO_RATE
            if has_no_gap(each.end, end, spent_s / frames, heard_s):
                over_at = now + heard_s
        else:
            over_at = max(over_at, now) + ready_s
        if over_at is not None:
            yield ready
            held.clear()
        if each.end == end:
            return
        ahead_s = 0.0 if over_at is None else over_at - clock()
        each = next_slice(each.end, end, spent_s / frames, ahead_s) or frame_slice(
            each.end, _LATE_FRAMES, end
        )


def crossfaded(old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
    """From ``old`` to ``new``, in a straight line; both are ``float32[n]``."""
    share = np.linspace(0, 1, old.size, dtype=np.float32)
    return old + (new - old) * share
