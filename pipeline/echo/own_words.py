"""The words of the bot that a transcript repeats, misheard or with gaps.

A word counts as the bot's if it is like one of its words, and stands in a run of such words in its
order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

from rapidfuzz import fuzz, process

_WORD: Final = re.compile(r"\S+")
_LIKE: Final = 80.0
"""Similarity (0..100) from which two words count as one word, heard twice."""
_RUN: Final = 2
"""Shortest run of words that counts as an echo; single words such as "the" are in any speech."""
_MOST_HEARD: Final = 200
"""Words of a turn that are compared, its first: more than a minute. The rest is the speaker's.
The comparison takes time in proportion to heard words times spoken words."""
_MOST_SPOKEN: Final = 400
"""Words of the bot that are compared, its last."""
_LONGEST_WORD: Final = 64
_MOST_SENTENCES: Final = 20
_MISHEARD: Final = 2
"""Up to this many words before a stop may be the bot's, misheard."""


def without_echo(heard: str, spoken: str, run: int = _RUN) -> str:
    """The words of ``heard`` without the runs of ``run`` words or more that are in ``spoken``."""
    words = _WORD.findall(heard)
    theirs = [_plain(word) for word in words[:_MOST_HEARD]]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
    same = _as_spoken(theirs, ours)
    matcher = SequenceMatcher(None, same, ours, autojunk=False)
    echoed: set[int] = set()
    for start, _, size in matcher.get_matching_blocks():
        if size >= min(run, len(words)):
            echoed.update(range(start, start + size))
    return " ".join(word for at, word in enumerate(words) if at not in echoed)


def without_words_of(heard: str, spoken: str) -> str:
    """The words of ``heard`` that are nowhere in ``spoken``."""
    words = _WORD.findall(heard)[:_MOST_HEARD]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
    theirs = _as_spoken([_plain(word) for word in words], ours)
    return " ".join(word for word, said in zip(words, theirs, strict=True) if said not in ours)


def echoed_words(heard: str, spoken: str) -> int:
    """The number of the bot's words in ``heard``; 0 if more than a fifth of the words are not."""
    words, left = len(_WORD.findall(heard)), len(_WORD.findall(without_echo(heard, spoken)))
    return words - left if left <= words // 5 else 0


def all_in_order(heard: str, spoken: str) -> bool:
    """Whether all of two or more heard words are the bot's, in its order, maybe with gaps."""
    theirs = [_plain(word) for word in _WORD.findall(heard)[:_MOST_HEARD]]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
    rest = iter(ours)
    return len(theirs) >= _RUN and all(word in rest for word in _as_spoken(theirs, ours))


def count_words(text: str) -> int:
    """The number of words in a text."""
    return len(_WORD.findall(text))


def stop_among(left: str, spoken: str, stops: Callable[[str], bool]) -> str:
    """The words of ``left`` that ask for silence by ``stops``; empty if there are none.

    They are its last sentences, or its last words behind at most two others. Words that the bot
    said itself do not count.
    """
    words = _WORD.findall(left)[:_MOST_HEARD]
    ours = [_plain(word) for word in _WORD.findall(spoken)[-_MOST_SPOKEN:]]
    sentences = (at + 1 for at, word in enumerate(words[:-1]) if word[-1] in ".!?")
    starts = {*range(min(_MISHEARD + 1, len(words))), *islice(sentences, _MOST_SENTENCES)}
    for start in sorted(starts):
        end = " ".join(words[start:])
        if stops(end):
            said = _as_spoken([_plain(word) for word in words[start:]], ours)
            return "" if set(said) <= set(ours) else end
    return ""


def _as_spoken(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """Each heard word as the bot spoke it, if it is only misheard."""
    known = sorted(set(ours))
    found = {
        word: process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_LIKE)
        for word in set(theirs)
    }
    return [word if (match := found[word]) is None else match[0] for word in theirs]


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word[:_LONGEST_WORD]).casefold()
