"""Statistics of a voice follow the length of the text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from server.engines.kokoro_statistics import VoiceStatistics

LENGTHS = (90, 110, 140, 170, 200, 240, 300, 380)
rng = np.random.default_rng(11)
LEVEL, SLOPE = rng.standard_normal(6), rng.standard_normal(6) / 4


def true_statistics(frames: int) -> list[NDArray[np.float32]]:
    """Two means and two variances, of one and two channels each; they depend on the length."""
    means = (LEVEL + SLOPE * 100 / frames)[:3].astype(np.float32)
    variances = np.exp(LEVEL - SLOPE * 100 / frames)[3:].astype(np.float32)
    return [
        means[:1].reshape(1, 1, 1),
        means[1:].reshape(1, 2, 1),
        variances[:1].reshape(1, 1, 1),
        variances[1:].reshape(1, 2, 1),
    ]


FITTED = VoiceStatistics(LENGTHS, [true_statistics(each) for each in LENGTHS])


def test_statistics_between_and_beyond_the_calibration_are_found() -> None:
    for frames in (100, 155, 270, 600):
        for found, wanted in zip(FITTED.at(frames), true_statistics(frames), strict=True):
            assert found.dtype == np.float32
            assert found.shape == wanted.shape
            assert np.allclose(found, wanted, rtol=0.05, atol=0.05)


def test_a_shorter_text_counts_as_the_shortest_calibration() -> None:
    for found, wanted in zip(FITTED.at(3), FITTED.at(min(LENGTHS)), strict=True):
        assert np.array_equal(found, wanted)


def test_variances_are_never_negative() -> None:
    silent = [[np.full((1, 1, 1), 3, np.float32), np.zeros((1, 1, 1), np.float32)]] * 3
    mean, variance = VoiceStatistics((100, 200, 300), silent).at(150)
    assert abs(float(mean[0, 0, 0]) - 3) < 0.01
    assert 0 <= float(variance[0, 0, 0]) < 1e-5
