"""The dialogue act of an utterance, by its form alone: a question, a request, a backchannel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import dropwhile, pairwise
from typing import Final

from pipeline.language.clause import bare_forms, opens_with
from pipeline.language.lexicons import Language
from pipeline.language.question_topic import is_general, is_particular
from pipeline.language.vocative import (
    MAX_UTTERANCE_CHARS,
    fluent_words,
    plain_words,
)

# The lookbehind starts a match at the first mark of a run only: otherwise a long run of marks
# takes quadratic time.
_CLAUSE_END: Final = re.compile(r"(?<![.?!;:…\n])[.?!;:…\n]+(?:\s|$)")
_PART_END: Final = re.compile(r"(?<![,.?!;:…\n])[,.?!;:…\n]+(?:\s|$)")
_LONGEST_ELLIPSIS: Final = 4
_FIRST_WORDS: Final = 3
_LONGEST_BARE: Final = 3
_LONGEST_THANKS: Final = 5
_MOST_BEFORE_THANKS: Final = 12
_LONGEST_MINOR: Final = 6
_SHORTEST_INVERTED: Final = 4
_NO_IMPERATIVE: Final = ("ed", "ing", "ly", "er", "es", "ts", "ys", "ds", "ks", "ns", "ms", "ls")
_CONTRACTION: Final = re.compile(r"\b[^\W\d_]+['’][^\W\d_]+")
_INDEFINITE: Final = frozenset(("a", "an", "any", "ein", "eine"))


class Minor(Enum):
    """Utterances that need no answer, in the order of how much they say."""

    SILENCE = auto()
    """No words."""
    BACKCHANNEL = auto()
    """A sign of listening: "mm-hm"."""
    ACKNOWLEDGEMENT = auto()
    """Takes note, or answers a question: "okay"."""
    ANSWER = auto()
    """A short answer: "yes please"."""


@dataclass(frozen=True, slots=True)
class DialogueAct:
    """The form of an utterance. ``minor`` is None for one with content."""

    minor: Minor | None
    question: bool
    request: bool
    follow_up: bool
    """It needs the previous utterance as its context ("and tomorrow?")."""
    thanks: bool
    correction: bool
    """It stops or corrects the other speaker or itself ("no, I meant ...")."""
    personal: bool
    """It is about the addressee: "you", "your"."""
    social: bool
    """It is about several people, or for them: "we", "everyone"."""
    human_only: bool = False
    """Only a person can answer or do it ("who wants ...", "hold my bag")."""
    deictic: bool = False
    """It refers to something in sight ("this one here")."""
    third_person: bool = False
    """It is about a third person: "he", "she" or "they"."""
    request_of_you: bool = False
    """A request that says "you": "could you do it"."""
    possessive: bool = False
    """It is about something that the speaker owns: "my keys"."""
    ironic: bool = False
    read_aloud: bool = False
    answers: bool = False
    """It opens with a "yes" or "no"."""
    denying: bool = False
    """It says "no" to something and goes on: "no, darker", but not "no idea"."""
    existential: bool = False
    """It asks whether there is something: "is there any water left"."""
    elliptic: bool = False
    """A question too short to be understood without its context ("Which one?")."""
    advice: bool = False
    """It asks what the speaker can or should do: "how do I fix it", "can I freeze it"."""
    task: bool = False
    """It requests what assistants are asked for: "set a timer", "put it on the list"."""
    inquiring: bool = False
    """A request for information: "let me know when it opens", "can I freeze it"."""
    amending: bool = False
    """It requests something about what was just said: "make it seven", "leave them"."""
    reacting: bool = False
    """It opens as a reaction to what was said or has happened: "oh", "see", "well"."""
    remarking: bool = False
    """A question that remarks on what was said: "isn't that too late", "it was, wasn't it"."""
    general: bool = False
    """A question about a kind of thing: "does it need a bigger pot", "is there any bus"."""
    particular: bool = False
    """A question about a definite thing: "is the tent in the car", not "the next train"."""


def with_request_of(act: DialogueAct, other: DialogueAct) -> DialogueAct:
    """``act``, which also asks and requests what ``other`` does."""
    return replace(
        act, question=act.question or other.question, request=act.request or other.request
    )


def dialogue_act(text: str, language: Language, *, called: bool = False) -> DialogueAct:
    """The dialogue act of ``text``, from its words and punctuation.

    Any of several sentences can make it a question or a request; the first decides the rest. If an
    agent is ``called``, a past tense without a subject at the start is a request: speech to text
    writes "Jarvis, roll two dice" as "Jarvis, rolled two dice".
    """
    text = _spelt_out(text[:MAX_UTTERANCE_CHARS], language)
    said = _analysed(text, language, called)
    words, content, question, request = said.words, said.content, said.question, said.request
    ironic = said.opens_with(language.irony_phrases)
    advice = _asks_for_advice(content, language)
    says_you = not language.you.isdisjoint(words)
    return DialogueAct(
        minor=_minor(plain_words(text), language),
        question=question,
        request=request,
        follow_up=_follows_up(said, language),
        thanks=_thanks(words, language) and not ironic,
        correction=said.opens_with(language.correction_phrases),
        personal=says_you and not request and not _is_generic(content, language),
        social=not language.we.isdisjoint(words)
        or any(_addresses_crowd(clause, language) for clause in said.clauses),
        human_only=any(_is_human_only(clause, language) for clause in said.clauses)
        or (question and _asks_for_rest(words, language)),
        deictic=not language.deictics.isdisjoint(words),
        third_person=not language.third_persons.isdisjoint(words),
        request_of_you=request and says_you,
        possessive=not language.possessives.isdisjoint(words),
        ironic=ironic,
        read_aloud=_is_read_aloud(words, language) or _is_read_aloud(content, language),
        denying=_denies(said, language),
        answers=words[:1] != () and words[0] in language.answers | language.acknowledgements,
        existential=opens_with(content, language.existential_phrases),
        elliptic=question and len(content) <= _LONGEST_BARE and not request,
        advice=advice,
        task=request and _is_task(said, language),
        inquiring=request and (advice or _requests_to_know(said, language)),
        amending=request and not language.anaphors.isdisjoint(words[1:_FIRST_WORDS]),
        reacting=bool(words) and words[0] in language.reactions,
        remarking=question and not request and _remarks(content, language),
        general=question and is_general(words, language),
        particular=question and is_particular(words, language),
    )


@dataclass(frozen=True, slots=True)
class _Analysed:
    """An utterance in words, and whether any of its sentences asks or requests."""

    words: tuple[str, ...]
    content: tuple[str, ...]
    """Without fillers at the start."""
    clauses: list[tuple[str, ...]]
    """Between the marks that end a clause; none is empty."""
    parts: list[tuple[str, ...]]
    """Between these marks and commas."""
    question: bool
    request: bool

    def opens_with(self, phrases: frozenset[str]) -> bool:
        """Whether it does, with or without its fillers."""
        return opens_with(self.words, phrases) or opens_with(self.content, phrases)


def _analysed(text: str, language: Language, called: bool) -> _Analysed:
    words = fluent_words(text, language)
    content = _without_fillers(words, language)
    between_marks = [fluent_words(clause, language) for clause in _CLAUSE_END.split(text)]
    clauses = [clause for clause in between_marks if clause]
    parts = [fluent_words(part, language) for part in _PART_END.split(text)]
    return _Analysed(
        words,
        content,
        clauses,
        parts,
        question="?" in text
        or any(_asks(_without_fillers(clause, language), language) for clause in clauses),
        request=any(_requests(clause, language) for clause in clauses)
        or any(_is_unlisted_imperative(part, language) for part in parts)
        or (called and _is_imperative_as_past(content, language)),
    )


def _denies(said: _Analysed, language: Language) -> bool:
    parts = [part for part in said.parts if part]
    denials = [part for part in parts if len(part) == 1 and part[0] in language.denials]
    return parts[:1] == denials[:1] != [] and len(denials) < len(parts)


def _follows_up(said: _Analysed, language: Language) -> bool:
    asks = said.question or said.request
    if asks and _ends_in(said.words, language.follow_up_ends):
        return True
    # "And" is a filler too: "oh, and tomorrow?"
    leans = any(
        opens_with(said.words[at:], language.follow_up_phrases)
        for at in range(len(said.words) - len(said.content) + 1)
    )
    return leans and (asks or len(said.content) <= _LONGEST_ELLIPSIS)


def _is_task(said: _Analysed, language: Language) -> bool:
    return not language.task_objects.isdisjoint(said.words) or any(
        opens_with(core, language.task_phrases) for core in _cores_of_requests(said, language)
    )


def _requests_to_know(said: _Analysed, language: Language) -> bool:
    return any(
        core[:1] != () and core[0] in language.question_words
        for core in _cores_of_requests(said, language)
    )


def _cores_of_requests(said: _Analysed, language: Language) -> Iterator[tuple[str, ...]]:
    for part in (*said.clauses, *said.parts):
        yield _core_of_request(_without_fillers(part, language), language)


def _spelt_out(text: str, language: Language) -> str:
    """The text with the contractions in full that are another word without their apostrophe."""
    return _CONTRACTION.sub(
        lambda found: language.contracted.get(found[0].lower().replace("’", "'"), found[0]), text
    )


def _ends_in(words: tuple[str, ...], phrases: frozenset[str]) -> bool:
    """Whether the last word or the last two are one of the phrases."""
    return any(" ".join(words[-count:]) in phrases for count in (1, 2))


def _addresses_crowd(clause: tuple[str, ...], language: Language) -> bool:
    """Whether a word for several people is first or last: "guys", and not "any break at all"."""
    if clause[0] in language.crowd:
        return True
    return clause[-1] in language.crowd and not _ends_in(clause, language.no_crowd_phrases)


def _is_generic(content: tuple[str, ...], language: Language) -> bool:
    """Whether "you" in a question means anyone: "how do you clean it", "which ones do you have to
    wash", not "where do you keep it"."""
    plain = tuple(word for word in content if word not in language.adverbs)
    if not language.personal_verbs.isdisjoint(plain):
        return False
    if opens_with(plain, language.generic_phrases):
        return True
    asks = plain[:1] != () and plain[0] in language.question_words
    return asks and any(
        word in language.you and opens_with(plain[at + 1 :], language.behind_generic_phrases)
        for at, word in enumerate(plain)
    )


def _remarks(content: tuple[str, ...], language: Language) -> bool:
    """Whether a negated verb opens a question or its tag ("isn't it"), or it asks about "that"."""
    negated = content[:1] != () and content[0] in language.negated_verbs
    negated = negated or (
        content[-2:-1] != ()
        and content[-2] in language.negated_verbs
        and content[-1] in language.pronouns | language.you
    )
    return negated or not language.remarked.isdisjoint(content)


def _asks_for_advice(content: tuple[str, ...], language: Language) -> bool:
    """Whether a verb of advice and "I" open the question, or follow its question word and at most
    one word more: "how often should I"."""
    first = content[0] if content else ""
    latest = _FIRST_WORDS if first in language.question_words else 1
    return any(
        verb in language.advice_verbs and subject in language.first_persons
        for verb, subject in pairwise(content[: latest + 1])
    )


def _requests(clause: tuple[str, ...], language: Language) -> bool:
    content = _without_fillers(clause, language)
    return (
        opens_with(clause, language.request_phrases)
        or opens_with(content, language.request_phrases)
        or (bool(content) and content[0] in language.imperatives)
    )


def _is_unlisted_imperative(words: tuple[str, ...], language: Language) -> bool:
    """Whether they open with a verb that is on no list and its object: "compress them instead"."""
    content = _without_fillers(words, language)
    if len(content) < 2 or content[1] not in language.objects:
        return False
    verb = content[0]
    known = language.no_verbs | language.question_words | language.verbs_first
    return verb.isalpha() and verb not in known and not verb.endswith(_NO_IMPERATIVE)


def _is_imperative_as_past(content: tuple[str, ...], language: Language) -> bool:
    """Whether a verb in the past tense, which could be an imperative, opens a longer clause."""
    if len(content) < 2:
        return False
    bare = bare_forms(content[0], language)
    return content[0] in language.irregular_pasts or not language.imperatives.isdisjoint(bare)


def _thanks(words: tuple[str, ...], language: Language) -> bool:
    """Whether it thanks and says little else: "wow, thanks, that helps"."""
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
    if _asks_who_does(content, language):
        return True
    core = _core_of_request(content, language)
    # "Can I hide it somehow" asks nobody to hide it.
    if not _asks_for_advice(content, language) and (
        opens_with(core, language.physical_phrases) or (core and core[0] in language.physical_verbs)
    ):
        return True
    asks_those_present = not language.indefinite_pronouns.isdisjoint(content[:_FIRST_WORDS])
    return asks_those_present and language.knowing_verbs.isdisjoint(clause)


def _asks_for_rest(words: tuple[str, ...], language: Language) -> bool:
    """Whether a question is for what is left of something, except of a time."""
    return not language.remaining.isdisjoint(words) and language.time_units.isdisjoint(words)


def _asks_who_does(content: tuple[str, ...], language: Language) -> bool:
    """Whether it asks which of those present does something now: "who's driving"."""
    return (
        len(content) <= _LONGEST_ELLIPSIS
        and opens_with(content, language.who_phrases)
        and language.determiners.isdisjoint(content)
        and (not language.before_gap or content[-1].endswith(language.before_gap))
    )


def _core_of_request(content: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """The words without the polite opening: "can you please hold" to "hold"."""
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
    """Whether the words ask, for a transcript without question marks."""
    if len(content) < 2:
        return bool(content) and content[0] in language.question_words
    first, second = content[:2]
    if second in _INDEFINITE:
        # "What a day!", "Have a nice day."
        return False
    if first in language.question_words:
        # "When I had the old ones", "what they said"
        return second not in language.pronouns | language.first_persons
    subjects = language.pronouns | language.determiners | language.we
    if first not in language.verbs_first:
        return False
    if second in subjects or second in language.you:
        return True
    # "Does garlic keep the slugs away"
    negative = first.endswith("nt")
    return (
        len(content) >= _SHORTEST_INVERTED and not negative and second not in language.no_subjects
    )


def _minor(words: tuple[str, ...], language: Language) -> Minor | None:
    """The kind that says the most, if all of the words are minor; None otherwise."""
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
