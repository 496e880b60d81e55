"""A greeting and an agent's name that speech to text wrote as something else.

It glues both together ("Haysage, I'm done."; "Hydra has nine heads." tells of something else). It
makes two everyday words of them ("He says, what time is it?"), or writes a word that rhymes with
the name ("Hey page, what time is it?").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.language.lexicons import Language
from pipeline.language.likeness import LONGEST_NAME, likeness, rhymes
from pipeline.language.name_forms import name_letters
from pipeline.language.name_words import is_everyday, may_be_garbled_name
from pipeline.language.vocative import asks_the_named, is_called, is_clearly_called, plain_words

_GREETING: Final = "hey"
_SPELLINGS: Final = frozenset(("hey", "hay", "he", "hei", "hi"))
"""What is written for it where it is glued to a name."""
_ALIKE: Final = 0.74
"""The likeness that a misheard "hey" with a name needs before a question."""
_AFTER: Final = 100
"""Characters behind it that are searched for a question."""
_FIRST_WORDS: Final = 4


class GarbledGreeting(NamedTuple):
    """The name that is greeted at ``text[start:end]``, and the likeness of what is written there
    to the greeting with the name."""

    name: str
    start: int
    end: int
    likeness: float


def garbled_greetings(
    text: str,
    words: Sequence[re.Match[str]],
    names: Sequence[tuple[str, str]],
    threshold: float,
    language: Language,
) -> Iterator[GarbledGreeting]:
    """Every name that may be greeted at the start of a text of these ``words``. ``names`` are pairs
    of a name and the letters of one of its forms. From the likeness ``threshold`` on, one word that
    is no everyday word greets unless something is told of it; others do before a question."""
    greeted = bool(words) and words[0][0].lower() in language.hello
    for run in (words[:1], [] if greeted else words[:2]):
        if not run or run[-1].end() - run[0].start() > 2 * LONGEST_NAME:
            continue
        start, end = run[0].start(), run[-1].end()
        heard = name_letters("".join(word[0] for word in run))
        glued = len(run) == 1 and not is_everyday(run[0][0], language)
        asks = _asks_behind(text, run, language)
        for name, form in names:
            whole = f"{_GREETING}{form}"
            alike = likeness(heard, whole) if heard[:1] == whole[:1] else 0.0
            # "Heysage", but "hey Sage" is found as a name.
            spelt = glued and alike >= threshold and heard.removesuffix(form) in _SPELLINGS
            if (asks and alike >= _ALIKE and (alike < 1.0 or glued)) or (
                spelt and is_called(text, start, end, language)
            ):
                yield GarbledGreeting(name, start, end, alike)
    if not greeted or len(words) < 2:
        return
    word, (start, end) = words[1][0], words[1].span()
    if may_be_garbled_name(word, language) and is_clearly_called(text, start, end, language):
        for name, form in names:
            if rhymes(word.lower(), form):
                yield GarbledGreeting(name, start, end, _ALIKE)


def _asks_behind(text: str, run: Sequence[re.Match[str]], language: Language) -> bool:
    """Whether a question follows the first words: behind everyday ones ("he says") a short one
    ("what is"), or one with a comma before it or a question mark."""
    end = run[-1].end()
    if run[0][0].lower() in language.about_before or not asks_directly(text, end, language):
        return False  # "His service, what was it?"
    behind = text[end : end + _AFTER].lstrip()
    short = not language.verbs_first.isdisjoint(plain_words(behind)[1:2])
    marked = short or behind.startswith(",") or "?" in behind
    return marked or not is_everyday(text[run[0].start() : end], language)


def asks_directly(text: str, end: int, language: Language) -> bool:
    """Whether a question or request follows at ``text[end:]``: "what is it", not "what it is"."""
    words = plain_words(text[end : end + 2 * _AFTER])
    if not words:
        return False
    if words[0] in language.question_words:
        opening = words[1:_FIRST_WORDS]
        verb = next((at for at, word in enumerate(opening) if word in language.verbs_first), None)
        if verb is None or not verb:
            return verb is not None
        # "What time is it", but not "what time it is" or "what people are".
        subjects = language.pronouns | language.you | language.determiners | language.we
        return len(words) > verb + 2 and subjects.isdisjoint(opening[:verb])
    return text[end:].lstrip().startswith(",") and asks_the_named(words, language)
