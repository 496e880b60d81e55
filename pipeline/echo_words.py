"""Words that a microphone heard, without those that the bot was just speaking. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from rapidfuzz import fuzz, process

_WORD: Final = re.compile(r"\S+")
_LIKE: Final = 80.0
"""From here on (0..100) two words are taken for one, heard twice."""
_RUN: Final = 2
"""As many words in a row must be alike: everybody says "the"."""


def without_echo(heard: str, spoken: str) -> str:
    """What is left of ``heard`` without the runs of words that are in ``spoken``, in its order."""
    words = _WORD.findall(heard)
    theirs, ours = [_plain(word) for word in words], [_plain(w) for w in _WORD.findall(spoken)]
    same = _as_spoken(theirs, ours)
    matcher = SequenceMatcher(None, same, ours, autojunk=False)
    echoed: set[int] = set()
    for start, _, size in matcher.get_matching_blocks():
        if size >= min(_RUN, len(words)):
            echoed.update(range(start, start + size))
    return " ".join(word for at, word in enumerate(words) if at not in echoed)


def echoed_words(heard: str, spoken: str) -> int:
    """How many words of ``heard`` are the bot's; 0 unless hardly any are anybody else's."""
    words, left = len(_WORD.findall(heard)), len(_WORD.findall(without_echo(heard, spoken)))
    return words - left if left <= words // 5 else 0


def _as_spoken(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Each word as the bot said it, where it is only misheard."""
    known = sorted(set(ours))
    found = (process.extractOne(w, known, scorer=fuzz.ratio, score_cutoff=_LIKE) for w in theirs)
    return [word if match is None else match[0] for word, match in zip(theirs, found, strict=True)]


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()
