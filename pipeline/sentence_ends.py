"""Where sentences end in a text that is still being written.

The decision falls at the first character after the mark: to wait for the whole next word costs up
to 300 ms of speech. Only where that character cannot tell (an abbreviation that may close a
sentence, an ordinal) the next word is waited for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.languages import Language

_END: Final = re.compile(r"(?P<mark>[.!?…]+|[。！？]+)(?P<close>[\"'”’»)\]*_`~|]*)")
_QUOTES: Final = frozenset("\"'”’»")
_LIST_NUMBER: Final = re.compile(r"\s*\d{1,3}[.)]\s")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_CLAUSE: Final = re.compile(r"[,;:](?=\s)|\s[—–-](?=\s)")
_BEST_PLACES: Final = (
    re.compile(r"[;:](?=\s)|\s[—–-](?=\s)"),
    re.compile(r",(?=\s)"),
    re.compile(r"\s"),
)


@dataclass(frozen=True, slots=True)
class SentenceEnd:
    """``at`` is the index behind the end found; ``undecided`` that more text must come to tell."""

    at: int | None
    undecided: bool = False


def sentence_end(
    text: str, language: Language, *, complete: bool, eager: bool = False
) -> SentenceEnd:
    """The first end of a sentence in one line.

    With ``complete`` nothing follows the text. With ``eager`` a question or exclamation mark that
    closes the text so far is an end, whatever comes.
    """
    marker = _LIST_NUMBER.match(text)
    for match in _END.finditer(text, marker.end() if marker else 0):
        if text.count("`", 0, match.start()) % 2:
            continue
        verdict = _is_end(text, match, language, complete=complete, eager=eager)
        if verdict is None:
            return SentenceEnd(None, undecided=True)
        if verdict:
            return SentenceEnd(match.end())
    return SentenceEnd(None)


def clause_end(text: str, min_words: int, min_chars: int) -> int | None:
    """The first pause within a sentence, after at least so many words and characters."""
    for match in _CLAUSE.finditer(text):
        before = text[: match.end()]
        if len(before) >= min_chars and len(before.split()) >= min_words:
            return match.end()
    return None


def best_place(text: str, limit: int) -> int:
    """Where to cut a text that is longer than ``limit``: at the last pause, else between words."""
    head = text[: limit + 1]
    for places in _BEST_PLACES:
        ends = [match.end() for match in places.finditer(head) if match.end() >= limit // 3]
        if ends:
            return min(ends[-1], limit)
    return limit


def _is_end(
    text: str, match: re.Match[str], language: Language, *, complete: bool, eager: bool
) -> bool | None:
    mark, after = match["mark"], text[match.end() :]
    if mark[-1] in "。！？":
        return True
    if not after and not complete:
        return True if eager and mark[-1] in "?!" else None
    if after and not after[0].isspace():
        return False
    follows = after.lstrip()
    if mark == "." and not match["close"]:
        return _dot_is_end(text[: match.start()], follows, language, complete=complete)
    if mark.endswith(("..", "…")) or _QUOTES.intersection(match["close"]):
        return _unless(follows, str.islower, complete=complete)
    return True


def _dot_is_end(before: str, follows: str, language: Language, *, complete: bool) -> bool | None:
    word = re.split(r"\s", before)[-1].lstrip("(\"'[*_“„»")
    low = word.lower()
    if low in language.abbreviations:
        return False
    if len(word) == 1 and word.isalpha():
        # An initial, or a part of "z. B.", but for the one English word that is a single letter.
        return language.code == "en" and word == "I"
    if low in language.number_abbreviations:
        return _unless(follows, str.isdigit, complete=complete)
    if low in language.closing_abbreviations or _DOTTED.fullmatch(word):
        return _unless(follows, lambda letter: not letter.isupper(), complete=complete)
    if language.ordinals_have_dots and word.isdigit() and len(word) <= 2:
        return _ordinal_is_end(follows, language, complete=complete)
    return True


def _unless(follows: str, goes_on: Callable[[str], bool], *, complete: bool) -> bool | None:
    if not follows:
        return True if complete else None
    return not goes_on(follows[0])


def _ordinal_is_end(follows: str, language: Language, *, complete: bool) -> bool | None:
    word = re.match(r"\w*", follows)
    assert word is not None
    if word.end() == len(follows) and not complete:
        return None
    return not (word[0][:1].islower() or word[0].lower() in language.after_ordinals)
