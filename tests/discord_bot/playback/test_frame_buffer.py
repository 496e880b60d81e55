from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.playback.frame_buffer import FrameBuffer, shape


def ramp(n: int, start: int = 0) -> np.ndarray:
    return (np.arange(start, start + n) % 30_000).astype(np.int16)


def drain(tape: FrameBuffer) -> np.ndarray:
    frames = [np.empty(0, np.int16)]
    while tape.has_frame:
        frames.append(tape.take())
    return np.concatenate(frames)


@given(st.lists(st.integers(0, 3000), max_size=10))
def test_chunks_of_any_length_come_out_as_they_went_in(lengths: list[int]) -> None:
    tape, fed = FrameBuffer(), ramp(sum(lengths))
    start = 0
    for n in lengths:
        tape.append(fed[start : start + n])
        start += n
    tape.close_frame()
    assert np.array_equal(drain(tape), fed)
    assert tape.played == len(fed)
    assert tape.is_empty


def test_only_whole_frames_go_until_the_last_is_closed() -> None:
    tape = FrameBuffer()
    tape.append(ramp(1000))
    assert len(tape.take()) == 960
    assert not tape.has_frame
    assert not tape.is_empty
    tape.close_frame()
    assert len(tape.take()) == 40


def test_going_back_repeats_what_was_played() -> None:
    tape = FrameBuffer()
    tape.append(ramp(960 * 4))
    drain(tape)
    tape.rewind(2)
    assert tape.played == 960 * 2
    assert np.array_equal(drain(tape), ramp(960 * 2, 960 * 2))


def test_nobody_goes_back_before_the_beginning_nor_ten_seconds() -> None:
    tape = FrameBuffer()
    tape.append(ramp(960 * 600))
    for _ in range(3):
        tape.take()
    tape.rewind(1000)
    assert tape.played == 0
    drain(tape)
    tape.rewind(1000)
    assert tape.played == 960 * 100


def test_what_is_fed_may_be_changed_afterwards() -> None:
    tape, fed = FrameBuffer(), ramp(960)
    tape.append(fed)
    fed[:] = 0
    assert np.array_equal(tape.take(), ramp(960))


def test_a_change_of_loudness_takes_ten_milliseconds() -> None:
    loud = np.full(960, 10_000, np.int16)
    out = shape(loud, 1.0, 0.0)
    assert out[0] == 10_000
    assert (out[480:] == 0).all()
    assert np.abs(np.diff(out[:481])).max() < 50, "no click"
    assert (shape(loud, 0.2, 0.2) == 2000).all()
    assert np.array_equal(shape(loud, 1.0, 1.0), loud)


@pytest.mark.parametrize("start", [1.0, 0.5])
def test_a_short_frame_is_filled_with_silence(start: float) -> None:
    out = shape(np.full(100, 1000, np.int16), start, 1.0)
    assert len(out) == 960
    assert (out[100:] == 0).all()
