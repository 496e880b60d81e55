"""Whisper's features, and the silence behind the audio."""

from __future__ import annotations

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from pipeline.audio import HEARD_RATE
from pipeline.inference.log_mel import FRAME, MARGIN_FRAMES, LeanFeatures, window_frames


@pytest.mark.parametrize(
    ("samples", "floor", "frames"),
    [
        (0, 1000, 1000),
        (HEARD_RATE, 1000, 1000),
        (8 * HEARD_RATE, 1000, 800 + MARGIN_FRAMES),
        (8 * HEARD_RATE + 1, 1000, 802 + MARGIN_FRAMES),
        (29 * HEARD_RATE, 1000, 3000),
        (HEARD_RATE, 3000, 3000),
    ],
)
def test_a_window_holds_the_audio_and_silence_behind_it(
    samples: int, floor: int, frames: int
) -> None:
    assert window_frames(samples, floor) == frames


@pytest.mark.parametrize("mels", [80, 128])
def test_the_pad_is_what_silence_looks_like(mels: int) -> None:
    audio = np.random.default_rng(1).normal(0, 0.1, HEARD_RATE).astype(np.float32)
    window = LeanFeatures(feature_size=mels).window(audio, 500)
    assert window.shape == (mels, 500)
    silence = np.pad(audio, (0, 4 * HEARD_RATE))
    np.testing.assert_allclose(
        window, FeatureExtractor(feature_size=mels)(silence)[:, :500], atol=1e-5
    )
    # The columns behind the speech are those of digital silence in the same clip.
    pad = window[:, HEARD_RATE // FRAME + 3 :]
    np.testing.assert_allclose(pad, np.broadcast_to(pad[:, :1], pad.shape), atol=1e-6)


@pytest.mark.parametrize("samples", [0, 1600, 16_159, 100_000, 438_400, 480_000])
def test_a_window_is_the_same_as_if_all_of_its_silence_were_computed(samples: int) -> None:
    audio = np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)
    window = LeanFeatures().window(audio, 1000)
    silence = np.zeros(window.shape[1] * FRAME - samples, np.float32)
    whole = LeanFeatures()(np.concatenate([audio, silence]))[:, : window.shape[1]]
    np.testing.assert_allclose(window, whole, atol=1e-6)


def test_audio_beyond_the_window_is_left_out() -> None:
    audio = np.random.default_rng(1).normal(0, 0.1, 31 * HEARD_RATE).astype(np.float32)
    assert LeanFeatures().window(audio, 500).shape == (80, 3000)


@pytest.mark.parametrize("mels", [80, 128])
@pytest.mark.parametrize("samples", [1600, 16_001, 100_000])
def test_features_are_those_of_faster_whisper(mels: int, samples: int) -> None:
    audio = np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)
    lean, theirs = LeanFeatures(feature_size=mels), FeatureExtractor(feature_size=mels)
    np.testing.assert_allclose(lean(audio), theirs(audio), atol=1e-5)
    with pytest.raises(ValueError, match="chunk_length"):
        lean(audio, chunk_length=8)
