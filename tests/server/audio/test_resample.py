from __future__ import annotations

import numpy as np
import pytest

from server.audio.resample import Resampler, mono_frame
from tests.server.sounds import is_the_tone, length_ms, tone


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_any_rate_becomes_48_khz_without_losing_the_end(rate: int) -> None:
    resampler = Resampler()
    pieces = [
        resampler.feed(mono_frame(piece, rate)) for piece in np.array_split(tone(rate, ms=500), 25)
    ]
    heard = np.concatenate([*pieces, resampler.finish()])
    assert is_the_tone(heard, ms=500, tolerance_ms=0.1)


def test_at_most_two_milliseconds_are_held_back() -> None:
    resampler = Resampler()
    first = resampler.feed(mono_frame(tone(24_000, ms=20), 24_000))
    assert 18 < length_ms(first) <= 20


def test_without_any_audio_there_is_nothing_to_finish() -> None:
    assert Resampler().finish().size == 0
