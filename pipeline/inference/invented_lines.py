"""Finds sentences that Whisper makes up and that are not said in a call (`subtitle_lines`)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pipeline.inference.subtitle_lines import (
    CREDITED,
    CREDITS,
    IN_NAMES,
    LINES,
    SITES,
    SOUNDS,
    SUBTITLE_WORDS,
)

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


def is_invented(sentence: str, *, whole: bool = True) -> bool:
    """Whether a sentence is one that Whisper makes up and that is not said in a call.

    A question is none ("Who made the subtitles?"), and a sentence that says more is none either.
    Without ``whole`` it has several parts, and only a line that is known word for word counts.
    """
    if len(sentence) > _LONGEST:
        return False
    plain = folded(sentence)
    if sentence.rstrip().endswith(("?", "？", "؟")) and not _ASKED.match(plain):
        return False
    if LINE.fullmatch(plain):
        return True
    if whole and _COPYRIGHT.match(sentence):
        return True
    if not whole:
        return False
    if CREDITED_SUBTITLES.match(plain):
        return True
    if sentence.isupper() and SOUND.search(plain):
        return True
    return any(_credits(plain, least, begin) for least, begin in CREDIT)


def _credits(plain: str, least: int, begin: re.Pattern[str]) -> bool:
    found = begin.match(plain)
    if found is None:
        return False
    name = plain[found.end() :].split()
    capital = [word for word in name if word[0].isupper() or word[0].isdigit()]
    return len(name) <= _LONGEST_CREDIT and len(capital) >= least and _only_name(name)


def _only_name(words: list[str]) -> bool:
    return all(not word.islower() or word in IN_NAMES for word in words)
