"""What kind of thing was said, by its form alone: a question, a request, a mere "mm-hm"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pipeline.language_data import Language
from pipeline.vocative import opens_with, plain_words

_LONGEST_ELLIPSIS: Final = 4
_INDEFINITE: Final = frozenset(("a", "an", "any", "ein", "eine"))


class Minor(Enum):
    """What calls for no answer of its own, from the least to the most said."""

    SILENCE = auto()
    """No words."""
    BACKCHANNEL = auto()
    """ "I am listening"."""
    ACKNOWLEDGEMENT = auto()
    """Takes note, or answers what was asked."""
    ANSWER = auto()
    """A short answer."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an utterance. ``minor`` is None for one that has something to say."""

    minor: Minor | None
    question: bool
    request: bool
    follow_up: bool
    """It leans on what was said before ("and tomorrow?")."""
    thanks: bool
    correction: bool
    """It takes up what is being said, to stop or mend it ("no, I meant ...")."""
    personal: bool
    """It speaks of the one it is said to: "you", "your"."""
    social: bool
    """It speaks of or to several: "we", "everyone"."""


def form_of(text: str, language: Language) -> Form:
    """The form of ``text``, by the words and marks of its language."""
    words = plain_words(text)
    content = _without_fillers(words, language)
    asks_politely = opens_with(words, language.request_phrases) or opens_with(
        content, language.request_phrases
    )
    commands = bool(content) and content[0] in language.imperatives
    question = "?" in text or _asks(content, language)
    leans = opens_with(content, language.follow_up_phrases) or opens_with(
        words, language.follow_up_phrases
    )
    request = asks_politely or commands
    return Form(
        minor=_minor(words, language),
        question=question,
        request=request,
        follow_up=leans and (question or request or len(words) <= _LONGEST_ELLIPSIS),
        thanks=" ".join(words) in language.thanks_phrases,
        correction=opens_with(words, language.correction_phrases),
        personal=not language.you.isdisjoint(words) and not request,
        social=not language.we.isdisjoint(words),
    )


def _without_fillers(words: tuple[str, ...], language: Language) -> tuple[str, ...]:
    for position, word in enumerate(words):
        if word not in language.fillers:
            return words[position:]
    return ()


def _asks(content: tuple[str, ...], language: Language) -> bool:
    """Whether the words ask, where speech to text has set no question mark."""
    if len(content) < 2:
        return bool(content) and content[0] in language.question_words
    first, second = content[:2]
    if second in _INDEFINITE:
        # "What a day!", "Have a nice day."
        return False
    if first in language.question_words:
        return True
    subjects = language.pronouns | language.determiners | language.we
    return first in language.verbs_first and (second in subjects or second in language.you)


def _minor(words: tuple[str, ...], language: Language) -> Minor | None:
    """The most that is said, where everything said is minor; None otherwise."""
    said = Minor.SILENCE
    position = 0
    while position < len(words):
        kind, length = _longest_minor(words[position:], language)
        if kind is None:
            return None
        said = max(said, kind, key=lambda minor: minor.value)
        position += length
    return said


def _longest_minor(words: tuple[str, ...], language: Language) -> tuple[Minor | None, int]:
    kinds = (
        (Minor.ANSWER, language.answers),
        (Minor.ACKNOWLEDGEMENT, language.acknowledgements),
        (Minor.BACKCHANNEL, language.backchannels),
    )
    for length in range(min(len(words), 6), 0, -1):
        phrase = " ".join(words[:length])
        for kind, phrases in kinds:
            if phrase in phrases:
                return kind, length
    return None, 0
