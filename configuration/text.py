"""What copying leaves on a value: quotes, spaces, and characters that are not seen."""

from __future__ import annotations

import unicodedata
from typing import Final

_PAIRS: Final = frozenset(
    ('""', "''", "``", "“”", "”“", "””", "„“", "„”", "‘’", "‚‘", "’’", "«»", "»«", "‹›")
)
"""Quotes as keyboards, word processors and chats make them, opening and closing."""


def cleaned(text: str) -> str:
    """``text`` without spaces and unseen characters around it, nor the quotes that enclose it."""
    text = _trimmed(text)
    while len(text) >= 2 and text[0] + text[-1] in _PAIRS and text[0] not in text[1:-1]:
        text = _trimmed(text[1:-1])
    return text


def visible(text: str) -> str:
    """``text`` without the characters that have no shape: zero-width ones, marks of direction."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def character(char: str, place: int) -> str:
    """A character for people who cannot see it: its name, and where it stands, from 1."""
    name = unicodedata.name(char, "a control character")
    return f"U+{ord(char):04X} ({name.lower()}), character {place}"


def without_login(text: str) -> str:
    """``text``, which may be a URL, with ``***`` in place of what stands before an ``@`` in it.

    Also where the password has what no URL may hold, and where the scheme is missing.
    """
    before, at, after = text.rpartition("@")
    scheme, slashes, _ = before.partition("//")
    if not at or ":" not in before:
        return text
    return f"{scheme}//***@{after}" if slashes else f"***@{after}"


def _trimmed(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _is_padding(text[first]):
        first += 1
    while last > first and _is_padding(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_padding(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Cf"
