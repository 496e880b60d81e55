"""The noises and the sentences that speech to text is measured on."""

from __future__ import annotations

import numpy as np

from bench.recordings import Meeting, Segment
from bench.speech.measure import silent_stretches
from bench.speech.names import VOICES, sentences
from bench.speech.noises import noises
from pipeline.audio import HEARD_RATE
from pipeline.inference.hallucinations import loudness_db


def test_the_noises_are_104_different_ones_and_always_the_same() -> None:
    first, second = dict(noises()), dict(noises())
    assert len(first) == len(second) == 104
    assert len({noise.tobytes() for noise in first.values()}) == 104
    for name, noise in first.items():
        np.testing.assert_array_equal(noise, second[name])
        assert noise.dtype == np.float32
        assert np.max(np.abs(noise)) <= 1.0
        assert loudness_db(noise) < -5, name


def test_tuning_and_test_share_neither_sentence_nor_voice() -> None:
    tune, test = sentences("tune"), sentences("test")
    assert (len(tune), len(test)) == (40, 40)
    assert not {each.text for each in tune} & {each.text for each in test}
    assert not set(VOICES["tune"]) & set(VOICES["test"])
    for part, found in (("tune", tune), ("test", test)):
        for sentence in found:
            assert sentence.names, sentence.text
            one, other = sentence.voices
            assert one != other
            assert {one, other} <= set(VOICES["tune" if part == "tune" else "test"])


def test_the_silent_stretches_of_a_meeting() -> None:
    audio = np.arange(20 * HEARD_RATE, dtype=np.float32)
    meeting = Meeting("m", audio, (Segment("a", 2.0, 4.0), Segment("b", 3.0, 4.5)))
    first, second = silent_stretches(meeting)
    assert first.size == round(1.8 * HEARD_RATE)
    assert second[0] == round(4.6 * HEARD_RATE)
    assert second.size == 6 * HEARD_RATE
