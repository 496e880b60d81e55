"""The likeness of a word and a name.

It is the mean of two similarities: of spelling (Jaro-Winkler) and of sound (double metaphone).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from metaphone import doublemetaphone
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, Levenshtein

LONGEST_NAME: Final = 64
"""Letters that count. A display name has at most 32, an agent's name 80."""
_SHORTEST_RHYME: Final = 4
SHORTEST_MISHEARD: Final = 5
"""Letters of a name that the lower thresholds at the end, and of several words, apply to."""
_ALIKE_SOUNDS: Final = str.maketrans("JXTPF0K", "TTTPPTK")
"""Sounds that speech to text confuses, as one: those of "Dervus" and "Jarvis"."""
_ALIKE: Final = 0.95
"""The likeness of sounds that only these classes make equal."""


def likeness(heard: str, name: str) -> float:
    """The likeness of a word and a name, 0..1. Both are lower-case letters; the first 64 count."""
    return _likeness_of(heard[:LONGEST_NAME], name[:LONGEST_NAME])


@lru_cache(maxsize=20_000)
def _likeness_of(heard: str, name: str) -> float:
    spelling = JaroWinkler.similarity(heard, name)
    sound = max(fuzz.ratio(one, other) / 100 for one in _sounds(heard) for other in _sounds(name))
    return (spelling + sound) / 2


def likeness_by_class(heard: str, name: str) -> float:
    """The likeness if sounds that speech to text confuses count as almost equal."""
    plain = likeness(heard, name)
    if len(name) < SHORTEST_MISHEARD:
        return plain
    sound = max(
        fuzz.ratio(one.translate(_ALIKE_SOUNDS), other.translate(_ALIKE_SOUNDS)) / 100
        for one in _sounds(heard[:LONGEST_NAME])
        for other in _sounds(name[:LONGEST_NAME])
    )
    spelling = JaroWinkler.similarity(heard[:LONGEST_NAME], name[:LONGEST_NAME])
    return max(plain, (spelling + _ALIKE * sound) / 2)


@lru_cache(maxsize=20_000)
def _sounds(word: str) -> tuple[str, ...]:
    return tuple(sound for sound in doublemetaphone(word) if sound) or ("",)


def rhymes(heard: str, name: str) -> bool:
    """Whether two words of four letters or more differ in one letter of their beginning: "page"
    and "sage"."""
    shortest = min(len(heard), len(name))
    if not _SHORTEST_RHYME <= shortest <= max(len(heard), len(name)) <= LONGEST_NAME:
        return False
    return heard[-2:] == name[-2:] and Levenshtein.distance(heard, name, score_cutoff=1) == 1
