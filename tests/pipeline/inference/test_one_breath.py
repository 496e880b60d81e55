"""Speech without a pause, by its loudness and its length."""

from __future__ import annotations

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.one_breath import is_in_one_breath

TEXT = "What is the weather today? Thanks for watching!"


def sound(*parts: tuple[float, float]) -> Samples:
    """Noise of each level (RMS) for its seconds."""
    random = np.random.default_rng(0)
    made = [random.normal(0, level, round(seconds * HEARD_RATE)) for level, seconds in parts]
    return np.concatenate(made).astype(np.float32)


def test_words_that_fill_the_audio_are_in_one_breath() -> None:
    assert is_in_one_breath(TEXT, sound((0.001, 0.3), (0.1, 2.8), (0.001, 0.1)))
    assert is_in_one_breath(TEXT, sound((0.1, 1.5), (0.001, 0.3), (0.1, 1.5)))


def test_a_pause_between_or_behind_the_words_ends_the_breath() -> None:
    assert not is_in_one_breath(TEXT, sound((0.1, 2.8), (0.001, 0.8), (0.1, 1.0)))
    assert not is_in_one_breath(TEXT, sound((0.1, 2.8), (0.001, 1.0)))


def test_short_audio_cannot_hold_the_words() -> None:
    assert not is_in_one_breath(TEXT, sound((0.001, 0.3), (0.1, 1.3)))
    assert not is_in_one_breath("No.", np.zeros(0, np.float32))
    assert not is_in_one_breath("No.", np.zeros(HEARD_RATE, np.float32))
    assert not is_in_one_breath("a" * 2000, sound((0.1, 2.0)))
