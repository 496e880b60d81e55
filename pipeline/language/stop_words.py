"""Whether an utterance asks the bot to stop speaking or to wait, and nothing else.

People seldom say one phrase alone: they repeat it, combine it and wrap it ("no no, okay, stop it,
thank you"). So the whole utterance must be made of the phrases of one language
(`lexicons.control`), in any order and number, with at least one that asks for silence. One other
word makes it something else: "stop the timer" is a request, and "Bob, stop" is for Bob. Only a
clause of its own that tells why may have words of its own: "stop, I'm talking to my sister".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from functools import cache
from typing import Final, TypeAlias

from pipeline.language.lexicons.control import ControlWords
from pipeline.language.vocative import MAX_UTTERANCE_CHARS, plain_words

_CLAUSE_END: Final = re.compile(r"[,.!?;:、。！？]")
_CLAUSE: Final = re.compile(r"([^,.!?;:、。！？¿]*)([,.!?;:、。！？¿]|$)")
_SENTENCE_ENDS: Final = frozenset(".!?。！？¿")
_ASKS: Final = frozenset("?？")
_LONGEST_TAIL: Final = 6
"""Words of their own that a reason has: "I'm talking *to my sister*"."""
_TAIL_PER_WORD: Final = 2
"""Characters of a language without spaces that count as one of these words."""
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

    ``text`` is without the names of agents; phrases in ``ignored`` change nothing. Takes time in
    proportion to its length.
    """
    text = _SUBJECT_WILL.sub(" will", text[:MAX_UTTERANCE_CHARS])
    clauses = [*_clauses(text, known)]
    told = [each for each in clauses if each.asks or not _is_reason(each.words, known)]
    may_deny = known.denied_unmarked or _CLAUSE_END.search(text) is not None
    for clause in told:
        if (
            _has(clause.words, known.negations)
            or (may_deny and _denies(clause.words, known))
            or _describes(clause.words, known)
        ):
            return None
    if _is_asked(told, known):
        return None
    words = [word for clause in told for word in clause.words]
    asked = _made_of(words, known, ignored) or _made_of(
        [word for word in words if word not in known.particles], known, ignored
    )
    # "Wait, I'm talking to my sister" goes on.
    return asked if asked is Silence.STOP or len(told) == len(clauses) else None


@dataclass(frozen=True, slots=True)
class _Clause:
    words: list[str]
    asks: bool
    ends_sentence: bool


def _clauses(text: str, known: ControlWords) -> Iterator[_Clause]:
    """The clauses that have words. Marks without words between them close the clause before."""
    words: list[str] = []
    marks = ""
    for part, mark in _CLAUSE.findall(text):
        said = _pieces(plain_words(part), known)
        if said and words:
            yield _closed(words, marks)
        if said:
            words, marks = said, ""
        marks += mark
    if words:
        yield _closed(words, marks)


def _closed(words: list[str], marks: str) -> _Clause:
    return _Clause(words, not _ASKS.isdisjoint(marks), not _SENTENCE_ENDS.isdisjoint(marks))


def _is_reason(clause: list[str], known: ControlWords) -> bool:
    """Whether a clause only tells why to be silent: "I'm on the phone with my boss"."""
    most = _LONGEST_TAIL if known.spaced else _LONGEST_TAIL * _TAIL_PER_WORD
    for end in range(max(1, len(clause) - most), len(clause) + 1):
        if " ".join(clause[:end]) in known.reasons:
            return known.no_reasons.isdisjoint(clause[end:])
    return False


def _describes(clause: list[str], known: ControlWords) -> bool:
    """Whether a remark goes with the word behind it: "quick enough", but not "quick, enough"."""
    return any(
        word in known.described
        and any(
            " ".join(clause[start:at]) in _describing(known)
            for start in range(max(0, at - _longest(known)), at)
        )
        for at, word in enumerate(clause)
    )


def _is_asked(clauses: Sequence[_Clause], known: ControlWords) -> bool:
    """Whether a question mark makes it a question or a doubt: "that's enough?", "stop, really?"."""
    if len(clauses) > 1 and clauses[-1].asks and " ".join(clauses[-1].words) in known.doubts:
        return True
    sentence: list[str] = []
    stated = False
    for clause in clauses:
        sentence += clause.words
        states = _has(sentence, known.statements)
        asks = clause.asks and " ".join(clause.words) not in known.tags
        # A question without a command is about what was said before it.
        if asks and (states or (stated and _made_of(sentence, known) is None)):
            return True
        if clause.ends_sentence:
            stated = stated or states
            sentence = []
    return False


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
        and not _is_within_one(at, clause, known)
        for at, word in enumerate(clause)
    )


def _has_one_at(start: int, words: list[str], known: ControlWords) -> bool:
    ends = range(start + 1, start + 1 + _longest(known))
    return any(_kind(" ".join(words[start:end]), known) is not None for end in ends)


def _is_within_one(at: int, words: list[str], known: ControlWords) -> bool:
    """Whether a phrase that begins earlier has the word in it: "por qué *no* te callas"."""
    longest = _longest(known)
    return any(
        _kind(" ".join(words[start:end]), known) is not None
        for start in range(max(0, at - longest + 1), at)
        for end in range(at + 2, start + longest + 1)
    )


def _has(words: list[str], listed: frozenset[str]) -> bool:
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said for phrase in listed)


class _Lack(IntEnum):
    """What phrases still need to count."""

    NOTHING = auto()
    STOP = auto()
    """A stop on either side: after "it's late"."""
    STOP_BEHIND = auto()
    """A stop behind them: after "maybe"."""


_Reading: TypeAlias = tuple[Silence | None, _Lack]
"""What the words so far ask for, and what they lack."""


def _made_of(
    words: Sequence[str], known: ControlWords, ignored: frozenset[str] = frozenset()
) -> Silence | None:
    readings: list[set[_Reading]] = [{(None, _Lack.NOTHING)}, *(set() for _ in words)]
    longest = _longest(known)
    for end in range(1, len(words) + 1):
        first = max(0, end - longest)
        if not any(readings[first:end]):
            return None
        for start in range(first, end):
            if readings[start]:
                phrase = " ".join(words[start:end])
                readings[end].update(_read_on(readings[start], phrase, known, ignored))
    return _stronger(*(kind for kind, lack in readings[-1] if lack is _Lack.NOTHING))


def _read_on(
    readings: Iterable[_Reading], phrase: str, known: ControlWords, ignored: frozenset[str]
) -> Iterator[_Reading]:
    """The readings with one more phrase."""
    kind = _kind(phrase, known)
    changes_nothing = phrase in known.around or phrase in ignored
    introduces = phrase in known.before or phrase in known.links
    for asked, lack in readings:
        if kind is not None:
            yield _stronger(asked, kind), _Lack.NOTHING if kind is Silence.STOP else lack
        if changes_nothing:
            yield asked, lack
        if introduces:
            yield asked, _Lack.STOP_BEHIND
        if phrase in known.remarks:
            yield asked, lack if asked is Silence.STOP else max(lack, _Lack.STOP)


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
def _describing(known: ControlWords) -> frozenset[str]:
    return (known.before | known.remarks) - known.around


@cache
def _longest(known: ControlWords) -> int:
    lists = (known.stops, known.waits, known.around, known.before, known.links, known.remarks)
    return max(len(phrase.split()) for listed in lists for phrase in listed)
