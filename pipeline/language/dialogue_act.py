"""What kind of thing was said, by its form alone: a question, a request, a mere "mm-hm"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import dropwhile
from typing import Final

from pipeline.language.lexicons import Language
from pipeline.language.vocative import MAX_UTTERANCE_CHARS, fluent_words, opens_with, plain_words

# From the first mark of a run on alone: tried at each of them, a long run takes quadratic time.
_CLAUSE_END: Final = re.compile(r"(?<![.?!;:…\n])[.?!;:…\n]+(?:\s|$)")
_PART_END: Final = re.compile(r"(?<![,.?!;:…\n])[,.?!;:…\n]+(?:\s|$)")
_LONGEST_ELLIPSIS: Final = 4
_FIRST_WORDS: Final = 3
_LONGEST_BARE: Final = 3
_LONGEST_THANKS: Final = 5
_MOST_BEFORE_THANKS: Final = 12
_LONGEST_MINOR: Final = 6
_NO_IMPERATIVE: Final = ("ed", "ing", "ly", "er", "es", "ts", "ys", "ds", "ks", "ns", "ms", "ls")
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
class DialogueAct:
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
    human_only: bool = False
    """Only people among themselves ask or request this ("who wants ...", "hold my bag")."""
    deictic: bool = False
    """It points at something in sight ("this one here")."""
    third_person: bool = False
    """It speaks of somebody as "he", "she" or "they"."""
    possessive: bool = False
    """It speaks of what is theirs: "my keys"."""
    peer_address: bool = False
    """It calls somebody by what only people are called ("dude")."""
    ironic: bool = False
    read_aloud: bool = False
    answers: bool = False
    """It opens with a "yes" or "no"."""
    elliptic: bool = False
    """A question too short to stand without what was said before ("Which one?")."""


def with_request_of(act: DialogueAct, other: DialogueAct) -> DialogueAct:
    """``act``, which also asks and requests what ``other`` does."""
    return replace(
        act, question=act.question or other.question, request=act.request or other.request
    )


def dialogue_act(text: str, language: Language) -> DialogueAct:
    """The form of ``text``, by the words and marks of its language.

    Of several sentences any can ask or request; how they are meant, the first one tells.
    """
    text = text[:MAX_UTTERANCE_CHARS]
    words = fluent_words(text, language)
    content = _without_fillers(words, language)
    clauses = [fluent_words(clause, language) for clause in _CLAUSE_END.split(text)]
    clauses = [clause for clause in clauses if clause]
    question = "?" in text or any(
        _asks(_without_fillers(clause, language), language) for clause in clauses
    )
    request = any(_requests(clause, language) for clause in clauses) or any(
        _is_unlisted_imperative(fluent_words(part, language), language)
        for part in _PART_END.split(text)
    )
    leans = opens_with(content, language.follow_up_phrases) or opens_with(
        words, language.follow_up_phrases
    )
    corrects = opens_with(words, language.correction_phrases) or opens_with(
        content, language.correction_phrases
    )
    ironic = opens_with(words, language.irony_phrases) or opens_with(
        content, language.irony_phrases
    )
    short = len(content) <= _LONGEST_ELLIPSIS
    return DialogueAct(
        minor=_minor(plain_words(text), language),
        question=question,
        request=request,
        follow_up=leans and (question or request or short),
        thanks=_thanks(words, language) and not ironic,
        correction=corrects,
        personal=not language.you.isdisjoint(words)
        and not request
        and not opens_with(content, language.generic_phrases),
        social=not language.we.isdisjoint(words)
        or any({clause[0], clause[-1]} & language.crowd for clause in clauses),
        human_only=any(_is_human_only(clause, language) for clause in clauses),
        deictic=not language.deictics.isdisjoint(words),
        third_person=not language.third_persons.isdisjoint(words),
        possessive=not language.possessives.isdisjoint(words),
        peer_address=any({clause[0], clause[-1]} & language.peer_terms for clause in clauses),
        ironic=ironic,
        read_aloud=_is_read_aloud(words, language) or _is_read_aloud(content, language),
        answers=words[:1] != () and words[0] in language.answers | language.acknowledgements,
        elliptic=question and len(content) <= _LONGEST_BARE and not request,
    )


def _requests(clause: tuple[str, ...], language: Language) -> bool:
    content = _without_fillers(clause, language)
    return (
        opens_with(clause, language.request_phrases)
        or opens_with(content, language.request_phrases)
        or (bool(content) and content[0] in language.imperatives)
    )


def _is_unlisted_imperative(words: tuple[str, ...], language: Language) -> bool:
    """Whether a verb that is on no list opens them and takes an object: "compress them instead"."""
    content = _without_fillers(words, language)
    if len(content) < 2 or content[1] not in language.objects:
        return False
    verb = content[0]
    known = language.no_verbs | language.question_words | language.verbs_first
    return verb.isalpha() and verb not in known and not verb.endswith(_NO_IMPERATIVE)


def _thanks(words: tuple[str, ...], language: Language) -> bool:
    """Whether it thanks, and says little else: "wow, thanks, that helps"."""
    for position in range(min(len(words), _MOST_BEFORE_THANKS + 1)):
        minor = _minor(words[:position], language)
        if position and minor in (None, Minor.SILENCE):
            break
        if opens_with(words[position:], language.thanks_phrases):
            return len(words) - position <= _LONGEST_THANKS
    return False


def _is_human_only(clause: tuple[str, ...], language: Language) -> bool:
    content = _without_fillers(clause, language)
    if opens_with(content, language.human_only_phrases) or opens_with(
        content, language.physical_phrases
    ):
        return True
    core = _core_of_request(content, language)
    if opens_with(core, language.physical_phrases) or (core and core[0] in language.physical_verbs):
        return True
    asks_anybody = not language.indefinite_pronouns.isdisjoint(content[:_FIRST_WORDS])
    return asks_anybody and language.knowing_verbs.isdisjoint(clause)


def _core_of_request(content: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """ "can you please hold" to "hold"."""
    for length in range(min(4, len(content)), 0, -1):
        if " ".join(content[:length]) in language.request_phrases:
            content = content[length:]
            break
    passed_over = language.particles | language.fillers
    return tuple(dropwhile(passed_over.__contains__, content))


def _is_read_aloud(words: tuple[str, ...], language: Language) -> bool:
    if opens_with(words, language.read_phrases):
        return True
    heading, number = words[:1], words[1:2]
    return bool(number) and (
        heading[0] in language.read_headings
        and (number[0] in language.numbers or number[0].isdecimal())
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
        following = words[position : position + _LONGEST_MINOR]
        kind, length = _longest_minor(following, language)
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
    for length in range(len(words), 0, -1):
        phrase = " ".join(words[:length])
        for kind, phrases in kinds:
            if phrase in phrases:
                return kind, length
    return None, 0
