"""Murmurs that were heard as words."""

from __future__ import annotations

import pytest

from pipeline.inference.transcription import Transcription
from pipeline.listening.murmurs import is_murmur, syllables


def heard(text: str, logprob: float = -0.2, no_speech: float = 0.05) -> Transcription:
    return Transcription(text, "en", no_speech, logprob, 900.0, 50.0)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("What time?", 2),
        ("Why?", 1),
        ("What is the time", 4),
        ("Shh", 1),
        ("Pst", 1),
        ("Psst, psst!", 2),
    ],
)
def test_syllables(text: str, count: int) -> None:
    assert syllables(text) == count


def test_more_words_than_fit_into_the_sound_were_misheard() -> None:
    assert is_murmur(heard("What time does it open?"), 400)
    assert not is_murmur(heard("What time does it open?"), 900)


def test_a_short_sound_of_doubtful_words_is_a_murmur() -> None:
    assert is_murmur(heard("What time?", logprob=-0.9), 400)
    assert is_murmur(heard("What time?", no_speech=0.5), 400)
    assert not is_murmur(heard("What time?"), 400)
    assert not is_murmur(heard("What time?", logprob=-0.9), 1000)


def test_one_syllable_fits_into_any_sound() -> None:
    assert not is_murmur(heard("Why?", logprob=-1.5), 150)


def test_a_hum_that_was_spelt_is_a_murmur() -> None:
    assert is_murmur(heard("M.M.A. Jam"), 830)
    assert is_murmur(heard("Mm-hmm, right."), 830)
    assert not is_murmur(heard("M.M.A. is on tonight, is it?"), 1600)
    assert not is_murmur(heard("Have more of them"), 830)
