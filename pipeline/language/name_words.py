"""Names that are words too, and words that are like a name: whether the word is meant.

"Sage tea is good" is about the herb, "Are you free Friday?" about the day, and "for God's sake" is
like Sage and no call. Where the word fits its own grammar, it is no name.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Final

from pipeline.language.clause import CONJUNCTIONS, tells_how
from pipeline.language.lexicons import COMMON_WORDS, Language
from pipeline.language.lexicons import language as language_data
from pipeline.language.lexicons.word_names import NAMES_LIKE_AUXILIARIES, WORD_NAMES
from pipeline.language.vocative import (
    Surroundings,
    asks_the_named,
    is_hailed,
    only_greets,
    plain_words,
    surroundings,
)

_SHORTEST_QUESTION: Final = 3
_LONGEST_ITEM: Final = 2
"""Words of an item of a list ("butter, fresh sage, thyme")."""


@cache
def vocabulary(code: str) -> frozenset[str]:
    """The words that the lists of a language have, besides abbreviations."""
    known = language_data(code)
    lists = (
        getattr(known, each.name)
        for each in fields(known)
        if not each.name.endswith("abbreviations")
    )
    entries = (entry for each in lists if isinstance(each, frozenset) for entry in each)
    return COMMON_WORDS.union(word for entry in entries for word in entry.split())


def is_everyday(heard: str, language: Language) -> bool:
    """Whether all words of ``heard`` are everyday words."""
    return vocabulary(language.code).issuperset(plain_words(heard))


def calls_though_everyday(text: str, start: int, end: int, language: Language) -> bool:
    """Whether everyday words that are like a name stand where only a name fits.

    That is behind a greeting, at the start before a question or request, or behind a whole
    question and a comma. "At last, what ..." and "now, what ..." open a sentence themselves.
    """
    words = plain_words(text[start:end])
    openings = language.fillers | language.greetings | language.adverbs | language.denials
    openings |= language.question_words | language.asides | language.reactions
    if " ".join(words) in openings or openings.issuperset(words):
        return False
    if len(words) > 1 and words[0] in language.about_before:
        # "His service, what did it cost?"
        return False
    around = surroundings(text, start, end, language)
    asked = bool(around.after) and asks_the_named(around.after, language)
    if not around.before:
        return asked
    if around.before[-1] in language.calls and only_greets(around.before, language):
        greeted = around.before[-1] in language.hello
        return greeted or asked or around.comma_after or not around.after
    return around.comma_before and not around.after and len(around.before) >= _SHORTEST_QUESTION


def may_be_garbled_name(heard: str, language: Language) -> bool:
    """Whether a greeted word is an everyday one and no name: "hey page"."""
    word = " ".join(plain_words(heard))
    named = (language.peer_terms, language.kin, language.crowd, language.fillers, language.we)
    others = (COMMON_WORDS, language.greetings, *named)
    return word in vocabulary(language.code) and not any(word in each for each in others)


def is_person_word(
    text: str, start: int, end: int, language: Language, *, cased: bool, exact: bool
) -> bool:
    """Whether a member's name is used as a word: by its letters, or without a capital letter in a
    text that has some (``cased``), unless the sentence shows a call."""
    heard = text[start:end]
    first, *behind = plain_words(heard) or ("",)
    opens = _opens_sentences(first, language)
    if opens and not behind:
        return True
    # "Will you" is like Will, but it is no name.
    if (opens or first in WORD_NAMES) and behind and behind[-1] in COMMON_WORDS:
        return not exact
    may_be_word = heard.lower() in WORD_NAMES or (cased and heard[:1].islower())
    return may_be_word and not is_hailed(text, start, end, language)


def _opens_sentences(word: str, language: Language) -> bool:
    """Whether it is often first, with a comma: a member may be named "Okay" or "Thanks"."""
    openings = (
        language.fillers,
        language.greetings,
        language.calls,
        language.polite_words,
        language.crowd,
        language.times,
        language.adverbs,
    )
    return word not in NAMES_LIKE_AUXILIARIES and any(word in words for words in openings)


def is_agent_word(
    text: str, start: int, end: int, language: Language, *, cased: bool, bare: bool
) -> bool:
    """Whether an agent's name is used as a word.

    ``bare`` tells that it is only a part of the name ("minutes" of "Miss Minutes"). Then a call
    must be as clear as that of a member with such a name.
    """
    words = plain_words(text[start:end])
    if len(words) != 1 or not any(
        words[0] in each for each in (WORD_NAMES, vocabulary(language.code))
    ):
        return False
    if bare and not is_hailed(text, start, end, language):
        return True
    word, around = words[0], surroundings(text, start, end, language)
    if _is_date(word, around, language):
        return True
    greeted = only_greets(around.before, language)
    if greeted and around.before and around.before[-1] in language.calls:
        return False
    if greeted:
        return not around.comma_after and _is_subject(word, around, language)
    if around.comma_before:
        listed = cased and text[start : start + 1].islower()
        return listed and _is_listed(text[:start], around, language)
    return _is_amount(word, around, language)


def _is_date(word: str, around: Surroundings, language: Language) -> bool:
    """Whether it is a day or a month: "are you free Friday", "Friday night", "next April"."""
    days = language.weekdays
    if word not in days | language.months:
        return False
    before, after = around.before[-1:], around.after[:1]
    if not (language.day_times | days).isdisjoint(after) or not days.isdisjoint(before):
        return True
    if around.comma_before or only_greets(around.before, language):
        return False
    if word in days:
        return not language.fillers.issuperset(around.before)
    return not (language.prepositions | language.ordinals).isdisjoint(before)


def _is_amount(word: str, around: Surroundings, language: Language) -> bool:
    """Whether it is counted, limits a number or follows a word for an amount: "five minutes",
    "two hours max", "any sage"."""
    before = around.before[-1]
    if before in language.quantities:
        return True
    if word in language.time_units:
        return _is_number(before, language) or before in language.gap_words
    opens = around.before[0] in (
        language.imperatives | language.question_words | language.verbs_first
    )
    counted = len(around.before) > 1 and _is_number(around.before[-2], language)
    return word in language.limits and counted and not opens


def _is_number(word: str, language: Language) -> bool:
    return word in language.numbers or word.isdecimal()


def _is_subject(word: str, around: Surroundings, language: Language) -> bool:
    """Whether a verb follows the word, or a noun that it describes: "sage burns", "sage tea is",
    "will you come"."""
    first, second = around.after[:1], around.after[1:2]
    if not first:
        return False
    persons = language.pronouns | language.you | language.we | language.determiners
    if word in NAMES_LIKE_AUXILIARIES:
        return first[0] in persons
    verbs = language.bare_verbs | language.imperatives
    if first[0].removesuffix("s") in verbs - {first[0]} and first[0] not in language.no_finite:
        return True
    finite = language.verbs_first | language.copulas | language.modals
    finite |= language.about_after - language.adverbs - CONJUNCTIONS - language.prepositions
    if not second or second[0] not in finite or first[0] in persons:
        return False
    return not _is_function_word(first[0], language)


def _is_function_word(word: str, language: Language) -> bool:
    """Whether it is no noun that another could describe."""
    return word in COMMON_WORDS or any(
        word in words
        for words in (
            language.question_words,
            language.verbs_first,
            language.imperatives,
            language.adverbs,
            language.fillers,
            language.polite_words,
            language.prepositions,
            language.contractions,
            language.first_persons,
            language.subject_openings,
            language.indefinite_pronouns,
            language.anaphors,
            language.times,
            language.numbers,
            language.polarity_items,
            language.about_after,
            language.knowing_verbs,
            language.acting_verbs,
            language.telling_verbs,
        )
    )


def _is_listed(before: str, around: Surroundings, language: Language) -> bool:
    """Whether it is one of several things between commas: "rosemary, sage, thyme"."""
    item = plain_words(before.rstrip().removesuffix(",").rpartition(",")[2])
    if not 1 <= len(item) <= _LONGEST_ITEM or any(
        _is_function_word(word, language)
        or word in language.greetings | language.polite_ends | language.reactions
        for word in item
    ):
        return False
    if around.after and (
        asks_the_named(around.after, language)
        or around.after[0] in language.inverting
        or tells_how(around.after, language)
    ):
        return False
    return around.comma_after or around.after[:1] != ()
