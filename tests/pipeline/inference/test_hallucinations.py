"""Rejection of texts that Whisper made up."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.hallucinations import Evidence, bare_words, loudness_db, rejection
from pipeline.settings import SttSettings

SETTINGS = SttSettings()


def evidence(text: str, **values: float) -> Evidence:
    usual = {
        "avg_logprob": -0.3, "no_speech_prob": 0.05, "compression_ratio": 1.1, "loudness_db": -25.0,
    }  # fmt: skip
    return Evidence(text, **(usual | values))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (evidence(""), "no words"),
        (evidence(" ... "), "no words"),
        (evidence("Thank you.", loudness_db=-62.0), "made up on silence"),
        (evidence("Thank you for watching!", no_speech_prob=0.5), "made up on silence"),
        (evidence("Vielen Dank.", loudness_db=-70.0), "made up on silence"),
        (evidence("And so it goes.", no_speech_prob=0.9, avg_logprob=-1.2), "no speech"),
        (evidence("Hello there.", no_speech_prob=0.9), "no speech"),
        (evidence("Hello there.", no_speech_prob=0.5, loudness_db=-60.0), "no speech"),
        (evidence("Hello there.", no_speech_prob=0.5, avg_logprob=-0.9), "no speech"),
        (evidence("la la la la la la la la", compression_ratio=3.1), "repeats itself"),
        (evidence("Brzm vlk.", avg_logprob=-1.9), "too unsure"),
        (evidence("Jarvis, Sage.", no_speech_prob=0.5), "echo of the expected names"),
    ],
)
def test_hallucinations_are_rejected_with_the_reason(given: Evidence, why: str) -> None:
    reason = rejection(given, ExpectedNames(("Jarvis",), ("Sage",)), SETTINGS)
    assert reason is not None
    assert why in reason


@pytest.mark.parametrize(
    "given",
    [
        evidence("Thank you."),
        evidence("Thank you very much.", loudness_db=-35.0),
        evidence("Yes.", avg_logprob=-1.2),
        evidence("Stop.", no_speech_prob=0.55),
        evidence("Jarvis.", loudness_db=-60.0),
        evidence("If you dial one you can ring the console.", no_speech_prob=0.7),
        evidence("Jarvis, Sage."),
        evidence("Danke."),
    ],
)
def test_real_speech_is_kept(given: Evidence) -> None:
    assert rejection(given, ExpectedNames(("Jarvis",)), SETTINGS) is None


def test_limits_are_settings() -> None:
    strict = SttSettings(reject_log_prob=-0.2, quiet_db=-20.0)
    assert rejection(evidence("Hello."), NO_NAMES, strict) is not None
    assert rejection(evidence("Thank you.", avg_logprob=-0.1), NO_NAMES, strict) is not None


def test_the_loudest_part_counts() -> None:
    clip = np.zeros(3 * HEARD_RATE, np.float32)
    assert loudness_db(clip) == -120.0
    assert loudness_db(np.zeros(0, np.float32)) == -120.0
    clip[HEARD_RATE : HEARD_RATE + HEARD_RATE // 5] = 0.1
    assert loudness_db(clip) == pytest.approx(-20.0, abs=0.1)
    assert loudness_db(np.full(10, 0.1, np.float32)) == pytest.approx(-20.0, abs=0.1)


def test_bare_words() -> None:
    assert bare_words("  Thank you -- for watching!  ") == "thank you for watching"
