"""What a language model thinks of the position behind the words of a turn so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextEnding:
    """Natural logarithms of the probabilities of three things that may follow.

    Each probability is a sum over tokens. Other tokens, such as the rest of the last word, are left
    out.
    """

    sentence_end: float
    """A full stop, a question mark, an exclamation mark, a line break or the end of the text."""
    comma: float
    """A comma or another mark inside a sentence."""
    next_word: float
    """Another word."""
