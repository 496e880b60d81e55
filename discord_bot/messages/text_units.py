"""How long Discord takes a text to be, and where it must not be cut. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ZWJ: Final = "\u200d"
_LONGEST_CLUSTER: Final = 64
"""Characters of one letter or emoji with everything that is put on it; more is no letter."""
_LONGEST_SPAN: Final = 520
_SPAN: Final = re.compile(
    r"https?://[^\s<>]{1,500}"
    r"|\[[^\[\]\n]{0,200}\]\([^()\s]{0,300}\)"
    r"|<(?:a?:\w{1,64}:|@[!&]?|\#|t:-?|/[^:<>\n]{1,100}:|id:)[\w:-]{0,64}>"
    r"|:\w{1,64}:"
    r"|`+"
)
"""What means nothing in two pieces: links, mentions, emoji, timestamps, commands, backticks."""


def units(text: str) -> int:
    """The length in UTF-16 code units.

    Discord's API counts code points (its engineers say so in discord-api-docs issue 1315), its
    clients UTF-16 code units, which are as many or more.
    """
    return len(text) + sum(char > "\uffff" for char in text)


def within(text: str, start: int, limit: int) -> int:
    """The furthest end of a piece from ``start`` on with at most ``limit`` units."""
    left = limit
    for at in range(start, min(len(text), start + limit)):
        left -= 2 if text[at] > "\uffff" else 1
        if left < 0:
            return at
    return min(len(text), start + limit)


def before_cluster(text: str, start: int, end: int) -> int:
    """The last place up to ``end`` that lies in no letter or emoji, and in none of `_SPAN`; ``end``
    itself where there is none behind ``start``."""
    span = _span_over(text, end)
    place = end if span is None or span <= start else span
    for at in range(place, max(start, place - _LONGEST_CLUSTER), -1):
        if not _joined(text, at):
            return at
    return end


def is_cut(text: str, at: int) -> bool:
    """Whether a cut at ``at`` would go through a link, a mention, an emoji or the like."""
    return _span_over(text, at) is not None


def _span_over(text: str, at: int) -> int | None:
    """Where the link, mention or the like begins that a cut at ``at`` would go through."""
    first = max(0, at - _LONGEST_SPAN)
    for found in _SPAN.finditer(text, first, at + _LONGEST_SPAN):
        if found.start() >= at:
            return None
        if found.end() > at:
            return found.start()
    return None


def _joined(text: str, at: int) -> bool:
    """Whether the characters around ``at`` make one (a subset of Unicode's annex 29)."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return True
    if _ZWJ in (before, after) or unicodedata.category(after)[0] == "M":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return _is_regional(after) and _regionals_before(text, at) % 2 == 1


def _is_regional(char: str) -> bool:
    """Two of these make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _regionals_before(text: str, at: int) -> int:
    count = 0
    while count < min(at, _LONGEST_CLUSTER) and _is_regional(text[at - 1 - count]):
        count += 1
    return count
