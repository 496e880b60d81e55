"""Tells a word that a person repeats ("stop, stop, stop ...") from a decoder that loops.

Both repeat themselves, and people repeat few words: what stops or answers, a name, laughter. They
take time for each, while a loop fills the decoder's text, however short the audio is.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from pipeline.inference.invented_lines import folded
from pipeline.inference.short_words import ANSWERS, REPEATED
from pipeline.inference.syllables import syllable_count

_LONGEST: Final = 600
_FASTEST: Final = 6.0
"""Syllables a second of a person who repeats a short word in a hurry."""
_LAUGHTER: Final = re.compile(
    r"(?:h[aei]){1,40}h?|(?:х[аие]){1,40}х?|(?:j[aei]){1,40}|[はハ]{1,40}|哈{1,40}|하{1,40}|ㅋ{1,40}|ه{2,40}"
)
_WHOLE: Final = re.compile(r"(.{1,12}?)\1+")


def is_repeated_by_a_person(text: str, duration_ms: float, names: Collection[str]) -> bool:
    """Whether a text is only words that people repeat, as many as its audio can hold.

    ``duration_ms`` is 0 where it is not known; the rate is then unknown too.
    """
    if not duration_ms or len(text) > _LONGEST:
        return False
    plain = folded(text).casefold()
    known = (
        ANSWERS | REPEATED | {word for name in names for word in folded(name).casefold().split()}
    )
    said = [_unit(word, known) for word in plain.split()]
    if not said or not all(word in known or _LAUGHTER.fullmatch(word) for word in said):
        return False
    return syllable_count(plain) <= _FASTEST * duration_ms / 1000


def _unit(word: str, known: Collection[str]) -> str:
    """What a word without spaces repeats ("ストップストップ"), or the word."""
    found = None if word in known else _WHOLE.fullmatch(word)
    return word if found is None else found[1]
