"""Whether a text is long enough to show the language that it was spoken in. Pure."""

from __future__ import annotations

import string
from enum import IntEnum
from typing import Final

_MARKS: Final = f"{string.punctuation}¿¡…，。？！、；：“”„«»—–؟،।"
_MOST_CHARS: Final = 500
"""The beginning shows it."""
_WORDS: Final = 3
_FEW_WORDS: Final = 2
_FEW_CHARS: Final = 6
_SIGNS: Final = (
    (8, "\u3400", "\u9fff"),  # ideographs
    (6, "\uac00", "\ud7a3"),  # Hangul
    (4, "\u3041", "\u30ff"),  # kana
    (3, "\u0e00", "\u0fff"),  # Thai, Lao and Tibetan
    (3, "\u1000", "\u109f"),  # Burmese
    (3, "\u1780", "\u17ff"),  # Khmer
)
"""What a sign of a script without spaces weighs, and the first and last of its signs."""
_WEIGHT: Final = 40
"""Of a sentence: five ideographs, ten kana. A greeting in Thai or Korean has less."""


class Amount(IntEnum):
    """How much was said."""

    LITTLE = 0
    """A word, or one that is repeated."""
    FEW_WORDS = 1
    """Two words: "Okay, Sage." or "Która godzina?"; not enough alone."""
    SENTENCE = 2


def amount_said(text: str) -> Amount:
    """How much of a language a text shows."""
    text = text[:_MOST_CHARS].casefold()
    different = {word.strip(_MARKS) for word in text.split()} - {""}
    if len(different) >= _WORDS or sum(map(_weight, text)) >= _WEIGHT:
        return Amount.SENTENCE
    enough = len(different) >= _FEW_WORDS and sum(map(len, different)) >= _FEW_CHARS
    return Amount.FEW_WORDS if enough else Amount.LITTLE


def _weight(char: str) -> int:
    return next((weight for weight, first, last in _SIGNS if first <= char <= last), 0)
