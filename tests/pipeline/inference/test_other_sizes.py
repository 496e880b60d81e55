"""Models of other shapes through the same code: large-v3 and its kin have 128 mel bins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper import Transcriber
from pipeline.inference.whisper_decoder import WhisperDecoder
from pipeline.settings import SttSettings
from tests.pipeline.inference.random_whisper import write_random_whisper


@pytest.fixture(scope="module", params=[80, 128])
def bins(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def path(bins: int, tmp_path_factory: pytest.TempPathFactory, whisper_path: Path) -> Path:
    return write_random_whisper(tmp_path_factory.mktemp("sizes") / str(bins), whisper_path, bins)


@pytest.fixture(scope="module")
def decoder(path: Path) -> WhisperDecoder:
    return WhisperDecoder(path, device="cpu", compute_type="int8", threads=1)


def noise(seconds: float) -> Samples:
    count = round(seconds * HEARD_RATE)
    return np.random.default_rng(1).normal(0, 0.1, count).astype(np.float32)


@pytest.mark.parametrize(
    ("seconds", "floor", "positions"), [(1.0, 500, 250), (4.0, 800, 400), (29.0, 3000, 1500)]
)
def test_the_features_have_the_bins_of_the_model(
    decoder: WhisperDecoder, seconds: float, floor: int, positions: int
) -> None:
    encoded = decoder.encode(noise(seconds), floor)
    # With the wrong number of bins the runtime refuses the features.
    assert list(encoded.shape)[:2] == [1, positions]


def test_a_window_is_decoded(decoder: WhisperDecoder) -> None:
    decoding = decoder.decode(decoder.encode(noise(1.0), 500), "en", 1.0)
    assert decoding.avg_logprob < 0.0
    assert 0.0 <= decoding.no_speech_prob <= 1.0
    language, probability = decoder.detect_language(decoder.encode(noise(1.0), 500))
    assert language in {"de", "en"}
    assert 0.5 <= probability <= 1.0


@pytest.mark.parametrize("beams", [1, 2])
@pytest.mark.parametrize("seconds", [1.0, 35.0])
def test_a_turn_is_transcribed(path: Path, seconds: float, beams: int) -> None:
    transcriber = Transcriber(path, SttSettings(threads=1, device="cpu", beam_size=beams))
    names = ExpectedNames(("Jarvis",), ("Alice",))
    heard = transcriber.transcribe(noise(seconds), names=names)
    assert heard.duration_ms == seconds * 1000
    assert heard.language in {"de", "en"}
