"""Remove what copying adds to a value: quotes, spaces and invisible characters."""

from __future__ import annotations

import unicodedata
from typing import Final

_PAIRS: Final = frozenset(
    ('""', "''", "``", "“”", "”“", "””", "„“", "„”", "‘’", "‚‘", "’’", "«»", "»«", "‹›")
)
"""Opening and closing quotes, as keyboards, word processors and chats write them."""


def cleaned(text: str) -> str:
    """``text`` without surrounding quotes, spaces and invisible characters."""
    text = _trimmed(text)
    while len(text) >= 2 and text[0] + text[-1] in _PAIRS and text[0] not in text[1:-1]:
        text = _trimmed(text[1:-1])
    return text


def visible(text: str) -> str:
    """``text`` without invisible characters: zero-width ones and direction marks."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def character(char: str, place: int) -> str:
    """A description of a character that may be invisible: code, name and ``place`` from 1."""
    name = unicodedata.name(char, "a control character")
    return f"U+{ord(char):04X} ({name.lower()}), character {place}"


def without_login(text: str) -> str:
    """``text``, which may be a URL, with its user name and password replaced by ``***``.

    This also works if the scheme is missing or the password contains ``/``, ``@`` or spaces.
    """
    before, at, after = text.rpartition("@")
    scheme, slashes, _ = before.partition("//")
    if not at or ":" not in before:
        return text
    return f"{scheme}//***@{after}" if slashes else f"***@{after}"


def _trimmed(text: str) -> str:
    shown = [n for n, c in enumerate(text) if not c.isspace() and unicodedata.category(c) != "Cf"]
    return text[shown[0] : shown[-1] + 1] if shown else ""
