"""Smart Turn on its real weights. Only results on which all voices clearly agree are asserted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import ModelUnavailable
from pipeline.inference.smart_turn import WINDOW, SmartTurn, log_mel
from tests.pipeline.conftest import Say, with_silence
from tests.pipeline.inference.numerics import QUANTISED

COMPLETE = ("I think that is a great idea.", "The server crashed again last night.", "Stop.")
INCOMPLETE = ("So what I mean is, um,", "I was wondering if you could", "And then I want to")


@pytest.fixture(scope="module")
def turn(smart_turn_path: Path) -> SmartTurn:
    return SmartTurn(smart_turn_path)


def spoken(say: Say, text: str) -> Samples:
    return with_silence(say(text), 300, 200)


@pytest.mark.parametrize("text", COMPLETE)
def test_a_finished_sentence_is_complete(turn: SmartTurn, say: Say, text: str) -> None:
    assert turn.probability(spoken(say, text)) > 0.5


@pytest.mark.parametrize("text", INCOMPLETE)
def test_a_broken_off_sentence_is_not_complete(turn: SmartTurn, say: Say, text: str) -> None:
    assert turn.probability(spoken(say, text)) < 0.5


def test_only_the_last_eight_seconds_count(turn: SmartTurn, say: Say) -> None:
    audio = np.resize(spoken(say, COMPLETE[0]), WINDOW)
    longer = np.concatenate([np.ones(HEARD_RATE, np.float32), audio])
    assert turn.probability(longer) == pytest.approx(turn.probability(audio), abs=QUANTISED)


def test_parallel_calls_give_the_same_results(turn: SmartTurn, say: Say) -> None:
    clips = [spoken(say, text) for text in COMPLETE + INCOMPLETE]
    alone = [turn.probability(clip) for clip in clips]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(turn.probability, clips)) == pytest.approx(alone, abs=QUANTISED)


@pytest.mark.parametrize("samples", [0, 1, 1000, 20_001, WINDOW - 1, WINDOW, WINDOW + 5000])
def test_features_are_those_of_whisper_whatever_the_length(samples: int) -> None:
    audio = np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)
    window = np.pad(audio[-WINDOW:], (WINDOW - min(samples, WINDOW), 0))
    normalised = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
    expected = FeatureExtractor(chunk_length=8)(normalised, padding=0)
    features = log_mel(audio)
    assert features.shape == (80, 800)
    assert features.dtype == np.float32
    # The reference computes in single precision.
    np.testing.assert_allclose(features, expected, atol=1e-4)


def test_audio_of_another_shape_is_refused(turn: SmartTurn) -> None:
    with pytest.raises(ValueError, match=r"\(2, 100\)"):
        turn.probability(np.zeros((2, 100), np.float32))


def test_a_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"Smart Turn.*models fetch"):
        SmartTurn(tmp_path / "none.onnx")
