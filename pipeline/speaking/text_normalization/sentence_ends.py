"""Sentence ends in a text that is still being written.

The first character after a punctuation mark decides: to wait for the next word would delay speech
by up to 300 ms. The next word is awaited only where that character cannot decide, as after an
ordinal or an abbreviation that may end a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.language.lexicons import Language
from pipeline.speaking.text_normalization.tokens import SILENT_PLACEHOLDER

_FULL: Final = "。！？｡︒．۔؟।॥።፧፨။។៕།༎༏։᠃᠉"
"""Full stops that need no blank after them: Chinese, Japanese, Urdu, Arabic, Hindi, Bengali,
Amharic, Burmese, Khmer, Tibetan, Armenian, Mongolian."""
_HALF: Final = "؛၊፤"
"""Marks like a semicolon; they end a sentence of some length."""
_HALF_FROM: Final = 30
_SPACED: Final = "\u0e00-\u0e7f\u0e80-\u0eff"
"""Thai and Lao have no full stop; blanks separate phrases."""
_ALSO_SPACED: Final = "\u1000-\u109f\u1780-\u17ff"
"""Burmese and Khmer have full stops and blanks."""
_PHRASE_FROM: Final = 20
_LONG_PHRASE_FROM: Final = 60
_GREEK: Final = "\u0370-\u03ff\u1f00-\u1fff"

_END: Final = re.compile(
    rf"(?:(?P<mark>[.!?…{_FULL}]+)|(?P<half>[{_HALF}])|(?P<doubled>፡፡)"
    rf"|(?<=[{_GREEK}])(?P<greek>[;\u037e])(?=\s|$)|(?<=[\u0531-\u058f])(?P<colon>:)(?=\s|$)"
    rf"|(?P<vowel>[՜՞])(?=\s|$)"
    rf"|(?<=[{_SPACED}{_ALSO_SPACED}])(?P<phrase> +)(?=[{_SPACED}{_ALSO_SPACED}])(?![ๆฯ]))"
    rf"(?P<close>[\"'”’»«“)\]*_`~|」』）】》〉{SILENT_PLACEHOLDER}]*)"
)
_SPACED_CLOSE: Final = re.compile(r"[ \u00a0\u202f]»[\"'”’)]*")
"""French puts a blank before a closing quotation mark."""
_QUOTES: Final = frozenset("\"'”’»«“")
_LIST_NUMBER: Final = re.compile(r"\s?\d{1,3}[.)]\s")
_LONGEST_LIST_NUMBER: Final = 8
_DOTTED: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_TWICE: Final = re.compile(r"([^\W\d_a-z])\1")
_CLAUSE: Final = re.compile(r"[,;:،؛၊፣、，；：](?=\s)|[、，；：]|\s[—–-](?=\s)")
_SPLIT_POINTS: Final = (
    re.compile(r"[;:](?=\s)|[；：]|\s[—–-](?=\s)"),
    re.compile(r"[,،၊፣](?=\s)|[，、၊]"),
    re.compile(r"\s"),
)
_QUESTION: Final = re.compile(r"[^\W\d_][?!]$")

_OPEN: Final = "「『（《〈【"
_CLOSE: Final = "」』）》〉】"
_LONGEST_QUOTE: Final = 100
"""A longer quote is spoken sentence by sentence."""
_CONTINUES: Final = re.compile(r"[とってなはがをにのでもや、，,:：]")
"""Japanese particles, and commas: the quote is part of a sentence."""


@dataclass(frozen=True, slots=True)
class SentenceEnd:
    """``at`` is the index after the end found; ``undecided`` means that more text is needed."""

    at: int | None
    undecided: bool = False


class SentenceEnds:
    """Finds the first end in a growing line. Marks that are decided are not examined again."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._checked = 0

    def restart(self) -> None:
        """The line begins at another place now."""
        self._checked = 0

    def first(self, line: str, *, complete: bool, guess: bool = False) -> SentenceEnd:
        """The first sentence end in the line; with ``complete`` nothing follows the line.

        With ``guess`` the line may continue after all, so nothing is remembered.
        """
        start = self._checked
        if not start and (marker := _LIST_NUMBER.match(line)):
            start = marker.end()
        for match in _END.finditer(line, start):
            end = _end_with_quote(line, match.end())
            verdict = _is_end(line, match, end, self._language, complete=complete)
            if verdict is None:
                return SentenceEnd(None, undecided=True)
            if verdict:
                return SentenceEnd(end)
            if not guess:
                self._checked = end
        if not guess and len(line) > _LONGEST_LIST_NUMBER:
            # A blank is examined again together with the text after it.
            self._checked = max(self._checked, len(line.rstrip()) - 1)
        return SentenceEnd(None)


def sentence_end(text: str, language: Language, *, complete: bool) -> SentenceEnd:
    """The first sentence end in one line; with ``complete`` nothing follows the text."""
    return SentenceEnds(language).first(text, complete=complete)


def question_end(text: str) -> int | None:
    """The end of a text that ends with a question or exclamation mark outside of quotes."""
    quoted = text.count('"') % 2 or text.count("“") > text.count("”") or _inside_quote(text)
    return len(text) if _QUESTION.search(text, max(0, len(text) - 2)) and not quoted else None


def clause_end(text: str, min_words: int, min_chars: int) -> int | None:
    """The first pause within a sentence after ``min_words`` words and ``min_chars`` characters."""
    for match in _CLAUSE.finditer(text, max(0, min_chars - 2)):
        before = text[: match.end()]
        if len(before) >= min_chars and len(before.split()) >= min_words:
            return match.end()
    return None


def split_point(text: str, limit: int) -> int:
    """Where to split a text longer than ``limit``: at its last pause, or else between words."""
    head = text[: limit + 1]
    for places in _SPLIT_POINTS:
        ends = [match.end() for match in places.finditer(head) if match.end() >= limit // 3]
        if ends:
            return min(ends[-1], limit)
    # A letter and its combining marks stay together.
    place = limit
    while place > limit // 3 and unicodedata.combining(head[place : place + 1] or " "):
        place -= 1
    return place if place > limit // 3 else limit


def split_long(text: str, limit: int) -> list[str]:
    """A sentence in parts of at most ``limit`` characters; none for an empty sentence."""
    out: list[str] = []
    while len(text) > limit:
        place = split_point(text, limit)
        out.append(text[:place].strip())
        text = text[place:].strip()
    out.append(text)
    return [piece for piece in out if any(map(str.isalnum, piece))]


def _is_end(
    text: str, match: re.Match[str], end: int, language: Language, *, complete: bool
) -> bool | None:
    mark, after = match["mark"], text[end:]
    if match["phrase"] is not None:
        also = re.match(f"[{_ALSO_SPACED}]", after) is not None
        return match.start() >= (_LONG_PHRASE_FROM if also else _PHRASE_FROM)
    if not complete and (not after or (not after.strip() and _guillemet_is_open(text[:end]))):
        return None
    if match["half"] is not None:
        return match.end() >= _HALF_FROM
    if match["vowel"] is not None:
        return _unless(after.lstrip(), str.islower, complete=complete)
    if mark is None:
        return True
    if mark[-1] in _FULL:
        if mark == "．" and after[:1].isdigit():
            return False
        return not _quote_continues(text, match.start(), end)
    if _inside_quote(text[: match.start()]):
        # 「Yes. No.」
        return not _quote_continues(text, match.start(), end)
    if after and not after[0].isspace():
        return False
    follows = after.lstrip(" \t\u00a0" + SILENT_PLACEHOLDER)
    close = text[match.start("close") : end]
    if mark == "." and not close.strip(SILENT_PLACEHOLDER):
        return _dot_is_end(text[: match.start()], follows, language, complete=complete)
    if mark.endswith(("..", "…")) or _QUOTES.intersection(close):
        return _unless(follows, str.islower, complete=complete)
    return True


def _end_with_quote(text: str, end: int) -> int:
    close = _SPACED_CLOSE.match(text, end) if _guillemet_is_open(text[:end]) else None
    return close.end() if close else end


def _guillemet_is_open(text: str) -> bool:
    return text.count("«") > text.count("»")


def _dot_is_end(before: str, follows: str, language: Language, *, complete: bool) -> bool | None:
    word = (before.rsplit(None, 1) or [""])[-1].lstrip("(\"'[*_“„»¿¡")
    low = word.lower()
    if low in language.abbreviations:
        return False
    if len(word) == 1 and word.isalpha():
        # An initial or a part of "z. B.", unless it is a word like "I".
        return word.isupper() and low in language.one_letter_words
    if low in language.number_abbreviations:
        return _unless(follows, str.isdigit, complete=complete)
    if _TWICE.fullmatch(word):
        return _plural_is_end(follows, complete=complete)
    if low in language.closing_abbreviations or _DOTTED.fullmatch(word):
        return _unless(follows, lambda letter: not letter.isupper(), complete=complete)
    if language.ordinals_have_dots and word.isdigit() and len(word) <= 2:
        return _ordinal_is_end(follows, language, complete=complete)
    return True


def _plural_is_end(follows: str, *, complete: bool) -> bool | None:
    """A doubled letter is half of an abbreviated plural: EE. UU., JJ. OO."""
    if len(follows) < 3 and not complete:
        return None
    if _TWICE.match(follows) and follows[2:3] == ".":
        return False
    return _unless(follows, lambda letter: not letter.isupper(), complete=complete)


def _unless(follows: str, continues: Callable[[str], bool], *, complete: bool) -> bool | None:
    if not follows:
        return True if complete else None
    return not continues(follows[0])


def _ordinal_is_end(follows: str, language: Language, *, complete: bool) -> bool | None:
    word = re.match(r"\w*", follows)
    assert word is not None
    if word.end() == len(follows) and not complete:
        return None
    return not (word[0][:1].islower() or word[0].lower() in language.after_ordinals)


# -- quotation marks of Chinese and Japanese, which have no capitals ----------------------


def _inside_quote(text: str) -> bool:
    """Whether a quote is still open at the end of the text."""
    return _open_at(text) is not None


def _quote_continues(text: str, mark: int, end: int) -> bool:
    """Whether the sentence continues after the punctuation at ``mark``.

    ``end`` is the index after it and its closing marks.
    """
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
    return bool(text[:began].strip()) or _CONTINUES.match(after) is not None


def _open_at(text: str) -> int | None:
    depth = sum(map(text.count, _OPEN)) - sum(map(text.count, _CLOSE))
    return max(map(text.rfind, _OPEN)) if depth > 0 else None


def _curled_open_at(text: str) -> int | None:
    return text.rfind("“") if text.count("“") > text.count("”") else None
