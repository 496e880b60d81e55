"""Finds the captions of sounds in a text: "(laughs)", "[Music]", "♪ la la ♪".

Whisper writes brackets around words too: a letter or a number that belongs to the word before
("401(k)"), a choice ("option (b)"), a sum ("2 * 3 * 4"), and now and then an answer or a name.
These are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from pipeline.inference.invented_lines import SOUND, folded
from pipeline.inference.short_words import ANSWERS, REPEATED, made_of_courtesies

_SUNG: Final = re.compile(r"[♪♫♬🎵🎶][^♪♫♬🎵🎶]*(?:[♪♫♬🎵🎶][\s~〜]*|$)")
_BRACKETED: Final = re.compile(
    r"\[[^\[\]]{0,80}\]|【[^【】]{0,80}】|\*[^*]{1,80}\*|[(（][^()（）]{1,80}[)）]"
)
_HAPPENING: Final = re.compile(r"\b[a-z]{3,}ing\b")
"""What a caption says in English: "(wind blowing)"."""
_COPYRIGHT: Final = re.compile(r"\(c\)(?= ?(?:19|20)\d\d)", re.IGNORECASE)


def without_captions(text: str, names: Collection[str]) -> str:
    """The text with a space in place of each caption and sung line.

    A bracket that is the whole text is a caption, unless it is an answer or one of the ``names``.
    """
    text = _COPYRIGHT.sub("©", _SUNG.sub(" ", text))
    spoken = {word for name in names for word in folded(name).casefold().split()}
    alone = not folded(_BRACKETED.sub(" ", text))

    def kept(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - 1) : found.start()]
        mark = found.group()[0]
        if before.isalnum() and mark != "*":
            return found.group()
        inside = found.group()[1:-1]
        return " " if _is_caption(inside, mark, spoken, alone=alone) else found.group()

    return _BRACKETED.sub(kept, text)


def _is_caption(inside: str, mark: str, spoken: Collection[str], *, alone: bool) -> bool:
    plain = folded(inside).casefold()
    if not any(character.isalpha() for character in plain):
        return not plain and mark != "*"
    if SOUND.search(plain):
        return True
    words = plain.split()
    if len(plain) == 1 or plain in ANSWERS or made_of_courtesies(plain):
        return False
    if all(word in spoken or word in REPEATED for word in words):
        return False
    if alone or mark in "[【*":
        return True
    return inside[:1].islower() and _HAPPENING.search(plain) is not None
