"""Sentences within the quotation marks of Chinese and Japanese, which have no capitals to tell."""

from __future__ import annotations

import re
from typing import Final

_OPEN: Final = "「『（《〈【"
_CLOSE: Final = "」』）》〉】"
_LONGEST_QUOTE: Final = 100
"""A longer one is spoken sentence by sentence."""
_GOES_ON: Final = re.compile(r"[とってなはがをにのでもや、，,:：]")
"""Particles of Japanese, and commas: what is quoted is part of a sentence."""


def inside_quote(text: str) -> bool:
    """Whether a quote that was opened in the text is still open at its end."""
    return _open_at(text) is not None


def quote_goes_on(text: str, mark: int, end: int) -> bool:
    """Whether the sentence goes on over the mark at ``mark``; ``end`` is behind it and what closes
    with it."""
    began = _open_at(text[:mark])
    if began is None:
        began = _curled_open_at(text[:mark])
        if began is None:
            return False
        still_open = "”" not in text[mark:end]
    else:
        still_open = _open_at(text[:end]) is not None
    if still_open:
        return mark - began < _LONGEST_QUOTE
    after = text[end : end + 1]
    if not after or after.isspace():
        return False
    return bool(text[:began].strip()) or _GOES_ON.match(after) is not None


def _open_at(text: str) -> int | None:
    depth = sum(map(text.count, _OPEN)) - sum(map(text.count, _CLOSE))
    return max(map(text.rfind, _OPEN)) if depth > 0 else None


def _curled_open_at(text: str) -> int | None:
    return text.rfind("“") if text.count("“") > text.count("”") else None
