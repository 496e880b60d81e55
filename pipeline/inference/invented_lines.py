"""Finds sentences that Whisper makes up and that are not said in a call
(`subtitle_lines`, `subtitle_credits`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from pipeline.inference.sound_words import SOUNDS, SOUNDS_IN_CAPITALS
from pipeline.inference.subtitle_credits import (
    AUTHORS_OF_NONE,
    CREDITED,
    CREDITS,
    IN_NAMES,
    NOUNS,
    SITES,
    SUBTITLE_WORDS,
)
from pipeline.inference.subtitle_lines import LINES

_LONGEST: Final = 240
_LONGEST_CREDIT: Final = 8
"""Words of a name in a credit."""
_MARKS_OFF: Final = {
    **dict.fromkeys((*range(0x0300, 0x0370), *range(0x064B, 0x0660))),
    **dict.fromkeys(map(ord, "'’‘`´ʼ")),
    ord("ı"): "i",
    0xFE0F: None,
}


def folded(text: str) -> str:
    """Letters and digits only, single spaces, without accents; the case stays as it is."""
    plain = unicodedata.normalize("NFKD", text).translate(_MARKS_OFF)
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _any(patterns: tuple[str, ...]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


LINE: Final = re.compile(
    _any((*(each for lines in LINES.values() for each in lines), *SITES)), re.IGNORECASE
)
CREDIT: Final = tuple(
    (least, re.compile(begin, re.IGNORECASE)) for least, begin in CREDITS.values()
)
CREDITED_SUBTITLES: Final = re.compile(
    rf"(?:\S+ ){{0,3}}(?:{_any(SUBTITLE_WORDS)}).*(?:{_any(CREDITED)})", re.IGNORECASE
)
_ASKED: Final = re.compile("sous ?titrage", re.IGNORECASE)
"""Whisper puts a question mark behind this credit."""
_COPYRIGHT: Final = re.compile(r"\s*© ?[A-Z\d]")
SOUND: Final = re.compile(_any(SOUNDS), re.IGNORECASE)
_IN_CAPITALS: Final = re.compile(_any(SOUNDS_IN_CAPITALS), re.IGNORECASE)
_KNOWN_AUTHOR: Final = re.compile(_any(CREDITED), re.IGNORECASE)
_SUBTITLES: Final = re.compile(_any(SUBTITLE_WORDS), re.IGNORECASE)
_NOUN: Final = re.compile(_any(NOUNS), re.IGNORECASE)
_SITE: Final = re.compile(r"(?:https?://|www\.)[\w./-]+", re.IGNORECASE)
_RIGHTS: Final = re.compile(r"\s*\ball rights reserved\W*$", re.IGNORECASE)


def is_invented(sentence: str, *, whole: bool = True, names: Collection[str] = ()) -> bool:
    """Whether a sentence is one that Whisper makes up and that is not said in a call.

    A question is none ("Who made the subtitles?"), and a sentence that says more is none either.
    Without ``whole`` it has several parts, and only a line that is known word for word counts.
    A credit of one of the ``names``, people of the call, is none.
    """
    if len(sentence) > _LONGEST:
        return False
    plain = folded(sentence)
    if sentence.rstrip().endswith(("?", "？", "؟")) and not _ASKED.match(plain):
        return False
    if LINE.fullmatch(plain):
        return True
    return whole and _is_only_a_credit(sentence, plain, names)


def may_be_said(sentence: str) -> bool:
    """Whether an invented line is one that a person may dictate: it is no credit."""
    plain = folded(sentence)
    if _SUBTITLES.search(plain) or not LINE.fullmatch(plain):
        return False
    return not _is_only_a_credit(sentence, plain, ())


def _is_only_a_credit(sentence: str, plain: str, names: Collection[str]) -> bool:
    if _COPYRIGHT.match(sentence) or CREDITED_SUBTITLES.match(plain):
        return True
    if sentence.isupper() and (SOUND.search(plain) or _IN_CAPITALS.search(plain)):
        return True
    known = {word for name in names for word in folded(name).casefold().split()}
    if (short := _RIGHTS.sub("", sentence)) != sentence and _is_name(
        folded(short).split(), 2, known
    ):
        return True
    noun, colon, author = sentence.partition(":")
    if colon and _NOUN.fullmatch(folded(noun)) and _is_name(folded(author).split(), 1, known):
        return True
    named = folded(_SITE.sub(" Www ", sentence))
    return any(_credits(named, least, begin, known) for least, begin in CREDIT)


def _credits(plain: str, least: int, begin: re.Pattern[str], known: Collection[str]) -> bool:
    found = begin.match(plain)
    if found is None:
        return False
    author = plain[found.end() :]
    return _is_name(author.split(), 1 if _KNOWN_AUTHOR.search(author) else least, known)


def _is_name(words: list[str], least: int, known: Collection[str]) -> bool:
    """Whether words are an author's name of at least ``least`` words with a capital letter."""
    if any((word := each.casefold()) in known or word in AUTHORS_OF_NONE for each in words):
        return False
    capital = [word for word in words if word[0].isupper() or word[0].isdigit()]
    return len(words) <= _LONGEST_CREDIT and len(capital) >= least and _only_name(words)


def _only_name(words: list[str]) -> bool:
    return all(not word.islower() or word in IN_NAMES for word in words)
