"""An agent's name at the start or the end that the decoder wrote as other words.

"Who won the election, Jarvis?" is heard as "Who won the election job?", which is too little like
the name to be taken for it. So the sound decides between the two texts: it gives "Who won the
election Jarvis?" the higher probability. Only words of which the decoder is unsure are tried.

Measured on the tuning part in Kokoro's voices (Whisper base): a name in the place of such a word
had a log-probability lower by at most 5.8 where the name was said, and by 12.5 and more where it
was not.

A person's name at the start is tried in place of a word that sounds much like it: Whisper writes
"Ann, should I bring anything?" as "And should I bring anything?". In eight voices and two sentences
the text with "Ann," was less likely by 8.0 to 10.8 where she was called, and by 11.3 to 14.0 where
"and" was said. "Ben," and "Dan," were less likely by 10.2 to 16.3 where "then" was said. Without
the comma, "Mark it shorter" would be too likely for "make it shorter" (10), with it, it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.inference.call_evidence import HeardWords
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper_decoder import Decoding
from pipeline.language.mentions import likeness

_UNSURE: Final = 0.5
"""Words of which the decoder is surer than this are not tried."""
_ALIKE: Final = 0.35
"""The least likeness of the words and the name."""
_LESS: Final = 7.0
"""How much lower the log-probability of the text with the name may be."""
_PERSON_UNSURE: Final = 0.85
_PERSON_ALIKE: Final = 0.6
_PERSON_LESS: Final = 10.0
"""The same of a person's name at the start."""
_MOST_NAMES: Final = 4
_MOST_PEOPLE: Final = 12
_LONGEST_NAME: Final = 40
_LONGEST_TEXT: Final = 400
"""Characters; a longer text is left as it is."""


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
    best = _likeliest(_with_agents(words, agents, decoding.sureness), text, _LESS, heard)
    if best is None:
        people = _with_people(words, names.people, decoding.sureness[0])
        best = _likeliest(people, text, _PERSON_LESS, heard)
    if best is None:
        return decoding
    closed = best if decoding.closed_text == text else decoding.closed_text
    return replace(decoding, text=best, closed_text=closed)


def _likeliest(others: list[str], text: str, less: float, heard: HeardWords) -> str | None:
    """The likeliest of some texts by their sound; None if ``text`` is likelier by ``less``."""
    if not others:
        return None
    likely = {other: sum(heard.logs(other)) for other in others}
    best = max(likely, key=lambda other: likely[other])
    return best if likely[best] >= sum(heard.logs(text)) - less else None


def _with_agents(words: list[str], agents: list[str], sureness: Sequence[float]) -> list[str]:
    """The texts with an agent's name in place of an unsure word that is like it."""
    return [
        other
        for place in (0, len(words) - 1)
        if sureness[place] < _UNSURE
        for name in agents
        if likeness(_letters(words[place]), _letters(name)) >= _ALIKE
        for other in _with_name(words, place, name)
    ]


def _with_people(words: list[str], people: Sequence[str], sureness: float) -> list[str]:
    """The texts with a person's name in place of an unsure first word that is much like it."""
    first, text = _letters(words[0]), " ".join(words)
    if sureness >= _PERSON_UNSURE:
        return []
    return [
        " ".join([f"{name},", *words[1:]])
        for name in (person[:_LONGEST_NAME] for person in people[:_MOST_PEOPLE])
        if likeness(first, _letters(name)) >= _PERSON_ALIKE and not _is_written(name, text)
    ]


def _is_written(name: str, text: str) -> bool:
    """Whether all words of a name stand in the text, also with an ending ("Jarvis's")."""
    pattern = r"[\W_]+".join(map(re.escape, re.findall(r"\w+", name)))
    return bool(pattern) and re.search(rf"\b{pattern}(?:'s)?\b", text, re.IGNORECASE) is not None


def _with_name(words: list[str], place: int, name: str) -> Iterator[str]:
    """The text with ``name`` in place of a word, and its closing mark; at the start also with a
    comma."""
    found = re.search(r"\W*$", words[place])
    mark = found[0] if found else ""
    before, behind = words[:place], words[place + 1 :]
    yield " ".join([*before, name + mark, *behind])
    if place == 0 and not mark:
        yield " ".join([f"{name},", *behind])


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
