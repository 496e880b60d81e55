"""An agent's name at the start or the end that the decoder wrote as other words.

"Who won the election, Jarvis?" is heard as "Who won the election job?", which is too little like
the name to be taken for it. So the sound decides between the two texts, behind a prompt that has
the names: it gives "Who won the election Jarvis?" the higher probability. What is tried are words
of which the decoder is unsure, a word that stands alone ("Are we nearly there? How?" for HAL), and
a common first word.

Measured on 580 calls by 22 names in eight of Kokoro's voices (Whisper base) and on 146 lines with
words like the names. Behind the prompt, a name in place of an unsure word had a log-probability
lower by 4.7 and more where it was not said. In place of a word that stands alone it was lower by
7.8 at most where it was said, of a common first word by 2.9 in all but two lines; nearly all of
these are HAL. Without the prompt it was lower by 12.1 at most where it was said. The prompt alone
makes "Go ahead, Jarvis." of "Uh-huh, uh-huh." (13.8 without it), and "Jarvis" of "Chavez", which is
no common word.

A person's name at the start is tried in place of a word that sounds like it: Whisper writes "Ann,
should I bring anything?" as "And should I bring anything?". Behind the prompt, the text with "Ann,"
must be hardly less likely. Without the prompt it hardly tells: of "Well, should I order it?" it
would make "Will, ..." where a Will is in the call. Of 480 lines in eight voices behind one of 16
names, 429 began with that name (410 without this), of 300 behind "and", "well" and the like four
began with a name. In other voices and behind twelve other names it was 186 of 192 (186), and none
of 256.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from pipeline.inference.call_evidence import HeardWords
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper_decoder import Decoding
from pipeline.language.lexicons import COMMON_WORDS
from pipeline.language.lexicons import language as lexicon
from pipeline.language.likeness import likeness
from pipeline.language.vocative import greets_only

_UNSURE: Final = 0.5
"""Words of which the decoder is less sure than this are tried."""
_SURE: Final = 0.95
"""The same for a word that stands alone, and for the first word."""
_ALIKE: Final = 0.35
"""The least likeness of an unsure word and the name."""
_MUCH_ALIKE: Final = 0.55
"""That of two words, or of a surer one."""
_LESS: Final = 4.0
"""How much lower the log-probability of the text with the name may be where names are expected."""
_LESS_ALONE: Final = 8.0
"""The same for a surer word that stands alone: "Okay, how? What's the speed limit?" for HAL."""
_LESS_FIRST: Final = 3.0
"""The same for a surer first word, if it is a common one."""
_LESS_UNEXPECTED: Final = 12.5
"""The same for any of these where no names are expected."""
_PERSON_UNSURE: Final = 0.85
_PERSON_ALIKE: Final = 0.5
_PERSON_LESS: Final = 2.0
"""The same of a person's name at the start."""
_MOST_NAMES: Final = 4
_MOST_PEOPLE: Final = 12
_LONGEST_NAME: Final = 40
_LONGEST_TEXT: Final = 400
"""Characters; a longer text is left as it is."""
_CLOSES: Final = (".", "?", "!")

_Logs: TypeAlias = Callable[[str], Sequence[float]]
"""Gives the log-probability of each token of a text."""


def with_heard_name(decoding: Decoding, names: ExpectedNames, heard: HeardWords) -> Decoding:
    """The decoding, with an agent's name in place of words at the start or the end that are less
    likely by their sound, or hardly likelier; or with a person's name at the start.

    Nothing changes where an agent's name is written, or the decoder is sure of these words.
    """
    text = decoding.text
    words = text.split()
    if len(text) > _LONGEST_TEXT or len(words) < 2 or len(decoding.sureness) != len(words):
        return decoding
    agents = [name[:_LONGEST_NAME] for name in names.agents[:_MOST_NAMES]]
    if any(_is_written(name, text) for name in agents):
        return decoding
    people = [name[:_LONGEST_NAME] for name in names.people[:_MOST_PEOPLE]]
    best = _with_agent(words, agents, people, decoding.sureness, heard)
    if best is None:
        others = _with_people(words, people, decoding.sureness[0])
        best = _likeliest_name(others, text, _PERSON_LESS, heard)
    if best is None:
        return decoding
    closed = best if decoding.closed_text == text else decoding.closed_text
    return replace(decoding, text=best, closed_text=closed)


def _likeliest_name(others: Sequence[str], text: str, less: float, heard: HeardWords) -> str | None:
    """The likeliest of some texts with a name behind the prompt. None if ``text`` is likelier by
    ``less`` there, or by much without the prompt."""
    # The prompt doubles the cost, so it comes second.
    likely = _likely(others, text, _LESS_UNEXPECTED, heard.logs)
    expected = _likely([*likely], text, less, heard.expecting)
    return max(expected, key=lambda other: expected[other], default=None)


def _likely(others: Sequence[str], text: str, less: float, logs: _Logs) -> dict[str, float]:
    """Those texts, with their log-probabilities, that are less likely than ``text`` by ``less`` at
    most."""
    if not others:
        return {}
    least = sum(logs(text)) - less
    found = {other: sum(logs(other)) for other in others}
    return {other: log for other, log in found.items() if log >= least}


def _with_agent(
    words: list[str],
    agents: list[str],
    people: Sequence[str],
    sureness: Sequence[float],
    heard: HeardWords,
) -> str | None:
    """The text with an agent's name in place of words that are hardly likelier; None without.

    The name of one of the ``people`` stays.
    """
    text = " ".join(words)
    for run, less, alike in _runs(words, sureness, heard.language):
        written = " ".join(words[run.start : run.stop])
        if any(_is_written(name, written) for name in people):
            continue
        letters = _letters(written)
        others = [
            other
            for name in agents
            if likeness(letters, _letters(name)) >= alike
            for other in _with_name(words, run, name)
        ]
        best = _likeliest_name(others, text, less, heard)
        if best is not None:
            return best
    return None


def _runs(
    words: list[str], sureness: Sequence[float], code: str
) -> Iterator[tuple[range, float, float]]:
    """The words that may be a name, by their places: how much less likely the name may be, and its
    least likeness."""
    count = len(words)
    places = [range(1), range(2), range(count - 1, count), range(count - 2, count)]
    if greets_only(words[0], lexicon(code)):
        places.append(range(1, 2))
    for run in dict.fromkeys(places):
        if not 0 < len(run) < count or run.start < 0 or run.stop > count:
            continue
        if any(_mark(words[at]) for at in run[:-1]):
            continue
        unsure = min(sureness[at] for at in run)
        if unsure < _UNSURE:
            yield run, _LESS, _ALIKE if len(run) == 1 else _MUCH_ALIKE
        elif len(run) == 1 and unsure < _SURE:
            if _stands_alone(words, run):
                yield run, _LESS_ALONE, _MUCH_ALIKE
            elif run.start == 0 and _letters(words[0]) in COMMON_WORDS:
                # "Chavez" may be what was said.
                yield run, _LESS_FIRST, _MUCH_ALIKE


def _stands_alone(words: Sequence[str], run: range) -> bool:
    """Whether a word that opens or ends the text, a greeting aside, is divided from the rest."""
    if run.stop < len(words):
        return _mark(words[run.start]).startswith(_CLOSES)
    return _mark(words[run.start - 1]).startswith((*_CLOSES, ","))


def _with_people(words: list[str], people: Sequence[str], sureness: float) -> list[str]:
    """The texts with a person's name in place of an unsure first word that is much like it."""
    first, text = _letters(words[0]), " ".join(words)
    if sureness >= _PERSON_UNSURE:
        return []
    return [
        " ".join([f"{name},", *words[1:]])
        for name in people
        if likeness(first, _letters(name)) >= _PERSON_ALIKE and not _is_written(name, text)
    ]


def _is_written(name: str, text: str) -> bool:
    """Whether all words of a name stand in the text, also with an ending ("Jarvis's")."""
    pattern = r"[\W_]+".join(map(re.escape, re.findall(r"\w+", name)))
    return bool(pattern) and re.search(rf"\b{pattern}(?:'s)?\b", text, re.IGNORECASE) is not None


def _with_name(words: list[str], run: range, name: str) -> Iterator[str]:
    """The text with ``name`` in place of words, and their closing mark; also with a comma that
    divides it from the rest."""
    mark = _mark(words[run.stop - 1])
    before, behind = words[: run.start], words[run.stop :]
    yield " ".join([*before, name + mark, *behind])
    if behind and not mark:
        yield " ".join([*before, f"{name},", *behind])
    elif not behind and not _mark(before[-1]):
        yield " ".join([*before[:-1], f"{before[-1]},", name + mark])


def _mark(word: str) -> str:
    """The marks at the end of a word."""
    found = re.search(r"\W+$", word)
    return found[0] if found else ""


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
