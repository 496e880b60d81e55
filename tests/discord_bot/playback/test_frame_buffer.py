from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.playback.frame_buffer import FrameBuffer, fade


def ramp(n: int, start: int = 0) -> np.ndarray:
    return (np.arange(start, start + n) % 30_000).astype(np.int16)


def drain(buffer: FrameBuffer) -> np.ndarray:
    frames = [np.empty(0, np.int16)]
    while buffer.has_frame:
        frames.append(buffer.take())
    return np.concatenate(frames)


@given(st.lists(st.integers(0, 3000), max_size=10))
def test_chunks_of_any_length_come_out_as_they_went_in(lengths: list[int]) -> None:
    buffer, fed = FrameBuffer(), ramp(sum(lengths))
    start = 0
    for n in lengths:
        buffer.append(fed[start : start + n])
        start += n
    buffer.close_frame()
    assert np.array_equal(drain(buffer), fed)
    assert buffer.played == len(fed)
    assert buffer.is_empty


def test_only_complete_frames_are_read_until_the_last_is_closed() -> None:
    buffer = FrameBuffer()
    buffer.append(ramp(1000))
    assert len(buffer.take()) == 960
    assert not buffer.has_frame
    assert not buffer.is_empty
    buffer.close_frame()
    assert len(buffer.take()) == 40


def test_a_rewind_repeats_the_played_frames() -> None:
    buffer = FrameBuffer()
    buffer.append(ramp(960 * 4))
    drain(buffer)
    buffer.rewind(2)
    assert buffer.played == 960 * 2
    assert np.array_equal(drain(buffer), ramp(960 * 2, 960 * 2))


def test_a_rewind_is_limited_to_the_beginning_and_ten_seconds() -> None:
    buffer = FrameBuffer()
    buffer.append(ramp(960 * 600))
    for _ in range(3):
        buffer.take()
    buffer.rewind(1000)
    assert buffer.played == 0
    drain(buffer)
    buffer.rewind(1000)
    assert buffer.played == 960 * 100


def test_what_is_fed_may_be_changed_afterwards() -> None:
    buffer, fed = FrameBuffer(), ramp(960)
    buffer.append(fed)
    fed[:] = 0
    assert np.array_equal(buffer.take(), ramp(960))


def test_a_fade_takes_ten_milliseconds() -> None:
    loud = np.full(960, 10_000, np.int16)
    out = fade(loud, 1.0, 0.0)
    assert out[0] == 10_000
    assert (out[480:] == 0).all()
    assert np.abs(np.diff(out[:481])).max() < 50, "no click"
    assert (fade(loud, 0.2, 0.2) == 2000).all()
    assert np.array_equal(fade(loud, 1.0, 1.0), loud)


@pytest.mark.parametrize("start", [1.0, 0.5])
def test_a_short_frame_is_filled_with_silence(start: float) -> None:
    out = fade(np.full(100, 1000, np.int16), start, 1.0)
    assert len(out) == 960
    assert (out[100:] == 0).all()
