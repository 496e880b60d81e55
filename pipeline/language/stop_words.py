"""Whether an utterance asks the bot to stop speaking or to wait, and nothing else.

People seldom say one phrase alone: they repeat it, combine it and wrap it ("no no, okay, stop it,
thank you"). So the whole utterance must be made of the phrases of one language
(`lexicons.control`), in any order and number, with at least one that asks for silence. One other
word makes it something else: "stop the timer" is a request, and "Bob, stop" is for Bob.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto
from functools import cache
from typing import Final

from pipeline.language.lexicons.control import ControlWords
from pipeline.language.vocative import MAX_UTTERANCE_CHARS, plain_words

_CLAUSE_END: Final = re.compile(r"[,.!?;:、。！？]")
_ASKS: Final = frozenset("?？")
_SUBJECT_WILL: Final = re.compile(r"(?<=\w)['’]ll\b", re.IGNORECASE)
"""Without its apostrophe, "we'll wait" has the words of "well, wait"."""
_LONG_DRAWN: Final = re.compile(r"(\w)\1{2,}")
"""A letter three times or more: "stooop", "shhhh"."""


class Silence(Enum):
    """What kind of silence is asked for."""

    STOP = auto()
    WAIT = auto()
    """Only a reply is asked to end: without one, the words mean something else."""


def may_ask_silence(words: Iterable[str], known: ControlWords) -> bool:
    """Whether plain words have all of one phrase: a quick test before the names are found."""
    said = frozenset(_pieces(words, known))
    phrases = _phrases_by_word(known)
    return any(phrase <= said for word in said for phrase in phrases.get(word, ()))


def silence_asked(
    text: str, known: ControlWords, ignored: frozenset[str] = frozenset()
) -> Silence | None:
    """The silence that ``text`` asks for in a language; None if it says anything else.

    ``text`` is without the names of agents; words in ``ignored`` change nothing. Takes time in
    proportion to its length.
    """
    text = _SUBJECT_WILL.sub(" will", text[:MAX_UTTERANCE_CHARS])
    words = _pieces((word for word in plain_words(text) if word not in ignored), known)
    may_deny = known.denied_unmarked or _CLAUSE_END.search(text) is not None
    for clause in _CLAUSE_END.split(text):
        said = _pieces(plain_words(clause), known)
        if _has(said, known.negations) or (may_deny and _denies(said, known)):
            return None
    if not _ASKS.isdisjoint(text) and _has(words, known.statements):
        return None
    return _made_of(words, known) or _made_of(
        [word for word in words if word not in known.particles], known
    )


def _pieces(words: Iterable[str], known: ControlWords) -> list[str]:
    """The words as the lists have them: those of a language without spaces are characters."""
    short = map(_short, words)
    return [*short] if known.spaced else [letter for word in short for letter in word]


def _denies(clause: list[str], known: ControlWords) -> bool:
    """Whether one "no" right before a phrase means "not": "não esquece", but not "não não para"."""
    return any(
        word in known.negators
        and not known.negators.intersection(
            (*clause[max(0, at - 1) : at], *clause[at + 1 : at + 2])
        )
        and _has_one_at(at + 1, clause, known)
        and not _has_one_at(at, clause, known)
        for at, word in enumerate(clause)
    )


def _has_one_at(start: int, words: list[str], known: ControlWords) -> bool:
    ends = range(start + 1, start + 1 + _longest(known))
    return any(_kind(" ".join(words[start:end]), known) is not None for end in ends)


def _has(words: list[str], listed: frozenset[str]) -> bool:
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said for phrase in listed)


def _made_of(words: list[str], known: ControlWords) -> Silence | None:
    asked: list[Silence | None] = [None] * (len(words) + 1)
    reached = [True, *[False] * len(words)]
    for end in range(1, len(words) + 1):
        first = max(0, end - _longest(known))
        if not any(reached[first:end]):
            return None
        for start in range(first, end):
            if not reached[start]:
                continue
            phrase = " ".join(words[start:end])
            kind = _kind(phrase, known)
            if kind is not None or phrase in known.around:
                reached[end] = True
                asked[end] = _stronger(asked[end], asked[start], kind)
    return asked[-1] if reached[-1] else None


def _short(word: str) -> str:
    return _LONG_DRAWN.sub(r"\1", word)


def _kind(phrase: str, known: ControlWords) -> Silence | None:
    if phrase in known.stops:
        return Silence.STOP
    return Silence.WAIT if phrase in known.waits else None


def _stronger(*kinds: Silence | None) -> Silence | None:
    said = [kind for kind in kinds if kind is not None]
    return min(said, key=lambda kind: kind.value, default=None)


@cache
def _phrases_by_word(known: ControlWords) -> dict[str, tuple[frozenset[str], ...]]:
    """The words of each phrase that asks for silence, by its longest one: few share that."""
    found: dict[str, list[frozenset[str]]] = {}
    for phrase in known.stops | known.waits:
        words = phrase.split()
        found.setdefault(max(words, key=len), []).append(frozenset(words))
    return {word: tuple(sets) for word, sets in found.items()}


@cache
def _longest(known: ControlWords) -> int:
    return max(len(phrase.split()) for phrase in known.stops | known.waits | known.around)
