"""How two forms of the same speech are compared."""

from __future__ import annotations

import numpy as np
import pytest

from bench.voices import SENTENCES_FILE, VoiceScore, distance_db, seam_step
from server.engines.kokoro_statistics import CALIBRATION_TEXTS

rng = np.random.default_rng(5)
SPEECH = (0.1 * rng.standard_normal(24_000)).astype(np.float32)


def test_the_same_sound_has_no_distance() -> None:
    assert distance_db(SPEECH, SPEECH) == (0, 0)


def test_a_louder_sound_is_as_far_as_it_is_louder() -> None:
    distance, level = distance_db(SPEECH, SPEECH * 2)
    assert distance == pytest.approx(6.02, abs=0.1)
    assert level == pytest.approx(6.02, abs=0.1)


def test_only_audible_time_counts() -> None:
    silence = np.zeros(24_000, np.float32)
    noisy = np.concatenate([SPEECH, silence + 1e-4])
    assert distance_db(np.concatenate([SPEECH, silence]), noisy)[0] < 0.5


def test_a_click_at_a_seam_stands_out() -> None:
    tone = np.sin(np.arange(4_800) * 0.1).astype(np.float32)
    assert seam_step(tone, 2_400) <= 1.01
    broken = np.concatenate([tone[:2_400], -tone[2_400:]])
    assert seam_step(broken, 2_400) > 5


def test_the_report_has_what_was_measured() -> None:
    score = VoiceScore(words=50, errors=1, whole_ms=[700, 900, 800])
    assert score.report() == {"words": 50, "wer": 0.02, "whole_cpu_ms": 800}
    score.first_ms, score.distances_db, score.levels_db = [150], [2.0], [-0.5]
    found = score.report()
    assert found["wer_sliced"] == 0
    assert found["first_cpu_ms"] == 150
    assert found["seam_steps"] is None


def test_no_sentence_is_one_that_calibrates_the_voice() -> None:
    sentences = SENTENCES_FILE.read_text(encoding="utf-8").splitlines()
    assert len(set(sentences)) == 40
    assert not set(sentences) & set(CALIBRATION_TEXTS)
