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
_MOST_HEARD: Final = 200
"""Words of a turn that are compared, its first: more than a minute. The rest is the speaker's.
Comparing takes time in proportion to heard words times spoken words."""
_MOST_SPOKEN: Final = 400
"""Words of the bot that are compared, its last."""
_LONGEST_WORD: Final = 64


def without_echo(heard: str, spoken: str) -> str:
    """What is left of ``heard`` without the runs of words that are in ``spoken``, in its order."""
    words = _WORD.findall(heard)
    theirs = [_plain(word) for word in words[:_MOST_HEARD]]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
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
    found = {
        word: process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_LIKE)
        for word in set(theirs)
    }
    return [word if (match := found[word]) is None else match[0] for word in theirs]


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word[:_LONGEST_WORD]).casefold()
