"""Splits a text into messages that Discord accepts. Pure.

The text is cut between paragraphs, or else lines, sentences, words, characters. Only the white
space at a cut is removed. A code block that is cut is closed, and opened again with its language.
A block that fits into the next message stays whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

LIMIT: Final = 2000
"""Discord's limit for the text of one message."""
_FENCE: Final = re.compile(r"```")
_LANGUAGE: Final = re.compile(r"```([\w+.#-]{1,32})?(?=\n)")
_CLOSING: Final = "\n```"
_PARAGRAPH: Final = re.compile(r"\n(?:[ \t]*\n)+")
_LINE: Final = re.compile(r"\n")
_SENTENCE: Final = re.compile(r"[.!?…][\"'”’»)*_~|]*\s+|[。！？][」』”’）]*")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Block:
    """A code block, from its first fence to its last. ``opening`` opens it again after a cut."""

    start: int
    end: int
    opening: str
    closed: bool = True

    def holds(self, at: int) -> bool:
        """Whether a cut at ``at`` would split it."""
        return self.start < at < self.end


def message_parts(text: str, limit: int = LIMIT, first: int | None = None) -> Iterator[str]:
    """The messages in order, each of at most ``limit`` UTF-16 code units (at least 100).

    ``first`` is the limit of the first message. White space alone makes no message.
    """
    text = text.strip()
    blocks = deque(_blocks(text))
    at, room = 0, limit if first is None else first
    while at < len(text):
        block = _block_at(blocks, at)
        opening = block.opening if block is not None else ""
        end = _end(text, at, room - len(opening), blocks)
        cut = _block_at(blocks, end)
        words = text[at:end].rstrip()
        if words:
            yield opening + words + (_CLOSING if cut is not None else "")
        at, room = _next(text, end, cut), limit


def _blocks(text: str) -> Iterator[_Block]:
    """The code blocks. An unclosed fence opens one only at the beginning of a line."""
    fences = [fence.start() for fence in _FENCE.finditer(text)]
    for start, close in zip(fences[::2], [*fences[1::2], None], strict=False):
        language = _LANGUAGE.match(text, start)
        opening = f"{language[0]}\n" if language else "```\n"
        if close is not None:
            yield _Block(start, close + len("```"), opening)
        elif start == 0 or text[start - 1] == "\n":
            yield _Block(start, len(text) + 1, opening, closed=False)


def _block_at(blocks: deque[_Block], at: int) -> _Block | None:
    """The block that a cut at ``at`` would split. Drops the blocks before it."""
    while blocks and blocks[0].end <= at:
        blocks.popleft()
    return blocks[0] if blocks and blocks[0].holds(at) else None


def _end(text: str, start: int, room: int, blocks: deque[_Block]) -> int:
    """The end of the part that begins at ``start`` and has room for ``room`` units."""
    near = list(takewhile(lambda block: block.start < start + room, blocks))
    fits = within(text, start, room)
    if fits == len(text) and all(block.closed for block in near):
        return fits
    if near:
        fits = within(text, start, room - len(_CLOSING))
    if fits == len(text):
        return fits
    for places in (_PARAGRAPH, _LINE, _SENTENCE):
        if (end := _last(places, text, start, fits, near)) is not None:
            return end
    opened = next((block for block in near if block.holds(fits)), None)
    if opened is None:
        end = _last(_SPACE, text, start, fits, near)
        return end or before_cluster(text, start, fits)
    if text[start : opened.start].strip():
        return opened.start
    return _end_in(opened, text, start, fits)


def _end_in(block: _Block, text: str, start: int, fits: int) -> int:
    """The end of a part that begins in a code block. It must contain some of the code."""
    code = max(start, block.start + len(block.opening))
    for places in (_PARAGRAPH, _LINE, _SPACE):
        if (end := _last(places, text, code, fits, ())) is not None:
            return end
    return before_cluster(text, start, fits)


def _last(
    places: re.Pattern[str], text: str, start: int, fits: int, blocks: Sequence[_Block]
) -> int | None:
    """The last such place after some text, outside code blocks, links and the like."""
    ends = []
    for place in places.finditer(text, start, fits + 1):
        if place.end() <= fits:
            ends.append(place.end())
        elif text[fits].isspace():
            ends.append(fits)  # the white space is removed anyway
    for end in reversed(ends):
        if not any(block.holds(end) for block in blocks) and not is_cut(text, end):
            return end if text[start:end].strip() else None
    return None


def _next(text: str, end: int, block: _Block | None) -> int:
    """The beginning of the next part.

    It is after the white space at the cut, but before the indentation of a line. It is after the
    ``block`` that was cut, if nothing is left of that.
    """
    if block is not None:
        closes = block.end - len("```")
        if block.closed and end <= closes and not text[end:closes].strip():
            return _next(text, block.end, None)
        return end + (text[end - 1] != "\n" and text.startswith("\n", end))
    space = _SPACE.match(text, end)
    if space is None:
        return end
    newline = text.rfind("\n", end, space.end())
    if newline >= 0:
        return newline + 1
    return end if text[end - 1] == "\n" else space.end()


_ZWJ: Final = "\u200d"
_LONGEST_CLUSTER: Final = 64
"""The maximum characters of one letter or emoji with its combining characters."""
_LONGEST_SPAN: Final = 520
_SPAN: Final = re.compile(
    r"https?://[^\s<>]{1,500}"
    r"|\[[^\[\]\n]{0,200}\]\([^()\s]{0,300}\)"
    r"|<(?:a?:\w{1,64}:|@[!&]?|\#|t:-?|/[^:<>\n]{1,100}:|id:)[\w:-]{0,64}>"
    r"|:\w{1,64}:"
    r"|`+"
)
"""Spans that must not be cut: links, mentions, emoji, timestamps, commands, backticks."""


def units(text: str) -> int:
    """The length in UTF-16 code units.

    Discord's clients count these. Its API counts code points (discord-api-docs issue 1315), which
    are never more.
    """
    return len(text) + sum(char > "\uffff" for char in text)


def within(text: str, start: int, limit: int) -> int:
    """The furthest end of a part that begins at ``start`` and has at most ``limit`` units."""
    left = limit
    for at in range(start, min(len(text), start + limit)):
        left -= 2 if text[at] > "\uffff" else 1
        if left < 0:
            return at
    return min(len(text), start + limit)


def before_cluster(text: str, start: int, end: int) -> int:
    """The last place up to ``end`` that splits no letter, no emoji and no `_SPAN`.

    ``end`` itself if there is none after ``start``.
    """
    span = _span_over(text, end)
    place = end if span is None or span <= start else span
    for at in range(place, max(start, place - _LONGEST_CLUSTER), -1):
        if not _joined(text, at):
            return at
    return end


def is_cut(text: str, at: int) -> bool:
    """Whether a cut at ``at`` would split a link, a mention, an emoji or another `_SPAN`."""
    return _span_over(text, at) is not None


def _span_over(text: str, at: int) -> int | None:
    """The beginning of the `_SPAN` that a cut at ``at`` would split, or None."""
    first = max(0, at - _LONGEST_SPAN)
    for found in _SPAN.finditer(text, first, at + _LONGEST_SPAN):
        if found.start() >= at:
            return None
        if found.end() > at:
            return found.start()
    return None


def _joined(text: str, at: int) -> bool:
    """Whether a cut at ``at`` would split a grapheme cluster (a subset of Unicode annex 29)."""
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
    """Whether it is a regional indicator; two of them make a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _regionals_before(text: str, at: int) -> int:
    count = 0
    while count < min(at, _LONGEST_CLUSTER) and _is_regional(text[at - 1 - count]):
        count += 1
    return count
