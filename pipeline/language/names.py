"""Find names in a transcript, also misheard ones, and whether they are called.

The likeness of a word and a name is the mean of two similarities: of spelling (Jaro-Winkler) and
of sound (double metaphone). A threshold of 0.90 finds 79 % of misspelt names and takes 4 % of
confusable words for a name, on a list made for the purpose. Real mishearings were not measured.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from metaphone import doublemetaphone
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from pipeline.language.lexicons import COMMON_WORDS, Language
from pipeline.language.vocative import (
    MAX_UTTERANCE_CHARS,
    is_called,
    is_clearly_called,
    plain_words,
)

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE: Final = re.compile(r"['’]s$")
_SHORTEST_LIKE: Final = 4
"""Shorter names must be spelt exactly: too many words are like "Al"."""
_LONGEST_GAP: Final = 3
_LONGEST_NAME: Final = 64
"""Letters that count. A display name has at most 32, an agent's name 80."""
_MOST_PARTS: Final = 6
"""Words of a name that count."""
_AFTER: Final = 100
"""Characters after a possessive that are searched for the thing owned, or for a question."""
_RESPELT: Final = 0.95
_IN_A_CALL: Final = 0.12
"""The threshold is lower by this where almost only a name can stand."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text. ``start`` and ``end`` are character positions there."""

    name: str
    heard: str
    start: int
    end: int
    likeness: float
    called: bool
    """Whether the utterance speaks to it; otherwise it speaks about it."""


class NameFinder:
    """Finds a fixed set of names. ``names`` maps each to its forms: the name and its aliases."""

    def __init__(self, names: Mapping[str, Iterable[str]], threshold: float = 0.90) -> None:
        self._threshold = threshold
        self._forms = [
            (name, plain, len(parts))
            for name, forms in names.items()
            for form in forms
            if (plain := _letters(" ".join(parts := form[:_LONGEST_NAME].split()[:_MOST_PARTS])))
        ]
        self._longest = max((parts for _, _, parts in self._forms), default=0) + 1

    def find(self, text: str, language: Language) -> list[Mention]:
        """Every mention, in the order of the text. Of overlapping ones the most alike stays."""
        return without_overlaps(self.candidates(text, language))

    def candidates(self, text: str, language: Language) -> list[Mention]:
        """Every run of words that is like a name. Candidates may overlap."""
        words = list(_WORD.finditer(text, 0, MAX_UTTERANCE_CHARS))
        found: list[Mention] = []
        for length in range(1, self._longest + 1):
            forms = [(name, form) for name, form, parts in self._forms if length <= parts + 1]
            for first in range(len(words) - length + 1):
                run = words[first : first + length]
                if (heard := _heard_as_name(run)) is None:
                    continue
                for name, form in forms:
                    likeness = self._likeness(heard, form, language)
                    if likeness >= self._threshold or self._is_forgiven(
                        likeness, text, run, language
                    ):
                        found.append(_mention(name, text, run, likeness, language))
        return found

    def _is_forgiven(
        self, likeness: float, text: str, run: Sequence[re.Match[str]], language: Language
    ) -> bool:
        """Whether the lower threshold applies and is met. A threshold of 1.0 has no lower one."""
        return (
            self._threshold < 1.0
            and likeness >= self._threshold - _IN_A_CALL
            and len(run) == 1
            and is_clearly_called(text, run[0].start(), run[0].end(), language)
        )

    def _likeness(self, heard: str, form: str, language: Language) -> float:
        if heard == form:
            return 1.0
        if len(form) < _SHORTEST_LIKE or abs(len(heard) - len(form)) > _LONGEST_GAP:
            return 0.0
        respelt = heard
        for letters, sound in language.respelt.items():
            respelt = respelt.replace(letters, sound)
        # A respelt word never counts as an exact match.
        return max(likeness(heard, form), min(likeness(respelt, form), _RESPELT))


def likeness(heard: str, name: str) -> float:
    """The likeness of a word and a name, 0..1. Both are lower-case letters; the first 64 count."""
    return _likeness_of(heard[:_LONGEST_NAME], name[:_LONGEST_NAME])


@lru_cache(maxsize=20_000)
def _likeness_of(heard: str, name: str) -> float:
    spelling = JaroWinkler.similarity(heard, name)
    sound = max(fuzz.ratio(one, other) / 100 for one in _sounds(heard) for other in _sounds(name))
    return (spelling + sound) / 2


def spoken_names(display_name: str) -> tuple[str, ...]:
    """The names that people may call a member by, from the display name.

    "BobTheBuilder_92" gives "bob the builder" and "bob". Words like "the" are never a name.
    """
    split = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", display_name[:_LONGEST_NAME])
    words = [_letters(word) for word in re.findall(r"[^\W\d_]+", split)]
    words = [word for word in words if len(word) > 1 and word.strip("x")]
    if not words:
        return ()
    forms = [" ".join(words)]
    if len(words[0]) >= _SHORTEST_LIKE - 1 and words[0] not in COMMON_WORDS:
        forms.append(words[0])
    return tuple(dict.fromkeys(form for form in forms if form not in COMMON_WORDS))


@lru_cache(maxsize=20_000)
def _sounds(word: str) -> tuple[str, ...]:
    return tuple(sound for sound in doublemetaphone(word) if sound) or ("",)


@lru_cache(maxsize=20_000)
def _letters(text: str) -> str:
    """Lower case letters and digits, without accents: "Zoë's" to "zoes"."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if letter.isalnum())


def _heard_as_name(run: Sequence[re.Match[str]]) -> str | None:
    """The letters of adjacent words; None if there are more than any name has."""
    if run[-1].end() - run[0].start() > 2 * _LONGEST_NAME:
        return None
    return _letters(_POSSESSIVE.sub("", "".join(word[0] for word in run)))


def without_overlaps(candidates: Iterable[Mention]) -> list[Mention]:
    """The most alike of each group of overlapping mentions, in the order of the text."""
    ranked = sorted(
        candidates, key=lambda mention: (-mention.likeness, mention.end - mention.start)
    )
    taken = bytearray(MAX_UTTERANCE_CHARS)
    chosen: list[Mention] = []
    for mention in ranked:
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def _nothing_owned(rest: str, language: Language) -> bool:
    """Whether no thing owned follows a possessive, as in the misheard "Jarvis's, what ..."."""
    return rest.lstrip().startswith(",") or not language.question_words.isdisjoint(
        plain_words(rest)[:1]
    )


def _mention(
    name: str, text: str, run: Sequence[re.Match[str]], likeness: float, language: Language
) -> Mention:
    start, end = run[0].start(), run[-1].end()
    owns = bool(_POSSESSIVE.search(run[-1][0])) and not _nothing_owned(
        text[end : end + _AFTER], language
    )
    possessive = owns or text[end : end + 1] in ("'", "’")
    called = not possessive and is_called(text, start, end, language)
    return Mention(name, text[start:end], start, end, likeness, called)
