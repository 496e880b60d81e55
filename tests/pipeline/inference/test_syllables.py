"""The syllables of a text in any script."""

from __future__ import annotations

import pytest

from pipeline.inference.syllables import syllable_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("stop", 1),
        ("Stop, stop!", 2),
        ("déjà vu", 3),
        ("хорошо", 3),
        ("はい", 1),
        ("ストップ", 3),
        ("谢谢", 2),
        ("네 네", 2),
        ("ㅋㅋㅋ", 3),
        ("401", 3),
        ("hm", 1),
    ],
)
def test_a_syllable_is_a_vowel_a_character_or_a_digit(text: str, count: int) -> None:
    assert syllable_count(text) == count
