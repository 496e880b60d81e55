"""The encoder gets windows as short as the speech, and each of them once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE
from pipeline.inference import windowed_whisper as whisper_model
from pipeline.inference.windowed_whisper import (
    FLOOR_FRAMES,
    MARGIN_FRAMES,
    LeanFeatures,
    WindowedWhisper,
    cut_pad,
)
from tests.pipeline.conftest import Say, with_silence


@pytest.fixture(scope="module")
def model(whisper_path: Path) -> WindowedWhisper:
    return WindowedWhisper(str(whisper_path), device="cpu", compute_type="int8", cpu_threads=1)


def window(used: int, frames: int = 3000) -> NDArray[np.float32]:
    features = np.zeros((80, frames), np.float32)
    features[:, :used] = np.random.default_rng(used).normal(0, 1, (80, used))
    return features


@pytest.mark.parametrize(
    ("used", "kept"),
    [
        (0, FLOOR_FRAMES),
        (100, FLOOR_FRAMES),
        (FLOOR_FRAMES, FLOOR_FRAMES + MARGIN_FRAMES),
        (1001, 1002 + MARGIN_FRAMES),
        (2999, 3000),
        (3000, 3000),
    ],
)
def test_the_pad_is_cut_but_for_the_margin(used: int, kept: int) -> None:
    features = window(used)
    cut = cut_pad(features)
    assert cut.shape == (80, kept)
    np.testing.assert_array_equal(cut, features[:, :kept])
    assert kept % 2 == 0


def test_features_are_cut_only_within_a_call(model: WindowedWhisper) -> None:
    assert model.encode(window(200)).shape[1] == 1500
    with model.call(cut=True):
        assert model.encode(window(200)).shape[1] == FLOOR_FRAMES // 2
    with model.call(cut=False):
        assert model.encode(window(200)).shape[1] == 1500
    assert model.encode(window(200)).shape[1] == 1500


def test_a_window_is_encoded_once_for_detection_and_decoding(
    model: WindowedWhisper, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []

    def counted(features: NDArray[np.float32]) -> NDArray[np.float32]:
        encoded.append(features.shape[1])
        return cut_pad(features)

    monkeypatch.setattr(whisper_model, "cut_pad", counted)
    clip = with_silence(say("Good morning everyone."), 300, 200)
    with model.call(cut=True) as call:
        segments, info = model.transcribe(
            clip, beam_size=1, temperature=0.0, without_timestamps=True
        )
        text = " ".join(segment.text.strip() for segment in segments)
    assert (text, info.language) == ("Good morning everyone.", "en")
    assert len(encoded) == 1
    assert len(call.decoded) == 1
    assert call.decoded[0].avg_logprob > -1.0


def test_each_window_of_a_long_clip_is_encoded(model: WindowedWhisper, say: Say) -> None:
    clip = np.resize(with_silence(say("Good morning everyone."), 300, 200), 33 * HEARD_RATE)
    with model.call(cut=True) as call:
        list(model.transcribe(clip, temperature=0.0, without_timestamps=True)[0])
    assert len(call.decoded) == 2
    assert call.encoded is None


@pytest.mark.parametrize("mels", [80, 128])
@pytest.mark.parametrize("samples", [1600, 16_001, 100_000])
def test_features_are_those_of_faster_whisper(mels: int, samples: int) -> None:
    audio = np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)
    lean, theirs = LeanFeatures(feature_size=mels), FeatureExtractor(feature_size=mels)
    np.testing.assert_allclose(lean(audio), theirs(audio), atol=1e-5)
    with pytest.raises(ValueError, match="chunk_length"):
        lean(audio, chunk_length=8)
