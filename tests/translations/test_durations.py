"""Durations as people write them."""

from __future__ import annotations

import pytest

from translations import LANGUAGES, exact_duration
from translations.durations import seconds_of


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90 s", 90),
        ("2min", 120),
        ("5 mins", 300),
        ("1,5 h", 5400),
        ("1 h 30 min", 5400),
        ("1 Std. 5 Min.", 3900),
        ("1時間30分", 5400),
        ("86.399 Sekunden", 86_399),
        ("2 JOURS", 172_800),
        ("120", None),
        ("2 bananas", None),
        ("2 min and a bit", None),
        ("-2 min", None),
        ("min", None),
        ("", None),
        ("1 s " * 100, None),
    ],
)
def test_units_are_read_and_other_words_are_not(written: str, seconds: float | None) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_duration_that_the_bot_writes_is_read(language: str) -> None:
    for seconds in (1, 2.5, 59, 60, 3600, 5400, 86_399, 86_400, 31_536_000):
        assert seconds_of(exact_duration(seconds).to(language)) == seconds
