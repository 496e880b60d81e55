"""Whether a question begins behind a name: "is the shop open", and not "is the best".

All functions take plain words: in lower case, without marks. ``after`` are those behind the name,
and ``asks`` tells that a question mark is behind them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from pipeline.language.lexicons import Language

_SUBJECT_AND_VERB: Final = 2


def inverts(after: tuple[str, ...], language: Language, *, asks: bool) -> bool:
    """Whether a verb is in front of its subject: "is the shop open", "would an A flat do"."""
    verb, subject, rest = after[0], after[1] if len(after) > 1 else "", after[2:]
    if subject in language.pronouns or subject in language.you:
        # "Jarvis did it again" tells of it.
        told = len(after) == 3 and after[2] in language.polite_ends
        return asks or subject != "it" or not (told or len(after) == _SUBJECT_AND_VERB)
    persons = language.indefinite_pronouns | language.crowd
    if subject in persons or subject.isdecimal() or subject.removesuffix("s") in persons:
        # "Can anybody's phone do that"
        return True
    if _is_part(after[1:], language):
        done = verb in language.auxiliaries and _is_done(rest[2:], language)
        return done or verb in language.modals or _has_verb(rest[2:], language)
    if subject not in language.determiners | language.indefinites:
        return _has_noun_as_subject(after, language, asks=asks)
    if not asks and not language.negations.isdisjoint(rest[:1]):
        # "Jarvis kann das nicht"
        return False
    if verb in language.modals and _is_clipped_perfect(after, language):
        return False
    if asks or verb in language.modals or _has_negated_verb(after, language):
        return True
    return _has_predicate(verb, subject, rest, language)


def is_told_later(after: tuple[str, ...], language: Language, *, asks: bool) -> bool:
    """Whether a verb follows a phrase behind the name: "in the kitchen is too loud", and no
    question or request does, as in "on Monday will it rain"."""
    words = after[1:]
    if asks or not language.question_words.isdisjoint(words[:1]):
        return False
    at = next((at for at, word in enumerate(words) if at and word in language.about_after), None)
    if at is None or not language.imperatives.isdisjoint(words[1:at]):
        return False
    return language.pronouns.isdisjoint(words[at + 1 : at + 2])


def _is_part(words: tuple[str, ...], language: Language) -> bool:
    """Whether the subject is a part of several things: "either of them", "both of you"."""
    return len(words) > 1 and words[0] in language.parts and words[1] in language.genitives


def _is_clipped_perfect(after: tuple[str, ...], language: Language) -> bool:
    """Whether "a" is what is left of "have": "would a been funny", and not "would a left turn
    be quicker"."""
    if after[1] not in language.indefinites or len(after) <= _SUBJECT_AND_VERB:
        return False
    verb, rest = after[2], after[3:]
    past = verb in language.participles | language.irregular_pasts or bool(
        language.past_ending and verb.endswith(language.past_ending)
    )
    return past and language.bare_verbs.isdisjoint(rest)


def _has_negated_verb(after: tuple[str, ...], language: Language) -> bool:
    """Whether a negated "do" and a subject follow: "doesn't the train stop there". A statement
    has another verb in between."""
    verb, subject = after[:2]
    others = language.copulas | language.auxiliaries
    return (
        verb in language.negated_verbs - others
        and subject not in language.polarity_items
        and len(after) > _SUBJECT_AND_VERB + 1
    )


def _has_predicate(verb: str, determiner: str, words: tuple[str, ...], language: Language) -> bool:
    """Whether a subject and its predicate follow a determiner: "shop still open"."""
    if verb not in language.copulas:
        if verb in language.auxiliaries:
            # "Jarvis has a list already"
            return _is_done(words, language) or _has_verb(words, language)
        pronoun = language.deictics | language.remarked
        if words[:1] != () and words[0] in language.superlatives | language.ordinals:
            # "Jarvis did the last one"
            return _has_verb(words[2:], language)
        return _has_verb(words if determiner in pronoun else words[1:], language)
    noun, rest = words[:1], words[1:]
    if not rest or noun[0] in language.superlatives | language.epithets or noun[0].endswith("est"):
        return False
    return rest[0] not in language.described_by and rest[-1] not in language.appositions


def _is_done(words: tuple[str, ...], language: Language) -> bool:
    """Whether the words end with a participle, or with one and a particle: "has called back"."""
    particles = language.object_ends | language.particle_ends
    last = words[-2:-1] if words[-1:] != () and words[-1] in particles else words[-1:]
    ending = language.past_ending
    return bool(ending) and any(
        word.endswith(ending) or word in language.participles for word in last
    )


def _has_verb(words: tuple[str, ...], language: Language) -> bool:
    """Whether there is a verb among the words that a subject and a question need. What is compared
    with has its own verb: "a stronger accent than I do"."""
    words = _without_comparison(words, language)
    if any(
        first in language.adverbs and second in language.imperatives
        for first, second in pairwise(words)
    ):
        return True
    verbs = language.bare_verbs | language.gap_verbs | language.lone_verbs
    return not (verbs - language.adverbs - language.naming_forms).isdisjoint(words)


def _without_comparison(words: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """The words without a comparison at the end that has a verb of its own: "than I do"."""
    compares = words[-3:-2] != () and words[-3] in language.than
    return words[:-3] if compares and words[-2] in language.pronouns else words


def _has_noun_as_subject(after: tuple[str, ...], language: Language, *, asks: bool) -> bool:
    """Whether a verb and its bare subject follow: "can dogs eat", "is tea healthier than"."""
    verb, subject, rest = after[0], after[1:2], after[2:]
    if not rest or subject[0] in language.no_subjects | language.about_after | language.adverbs:
        return False
    if subject[0] in language.prepositions | language.past_times:
        return False
    verbs = language.imperatives | language.bare_verbs | language.gap_verbs | language.acting_verbs
    if verb in language.modals and subject[0] in verbs and rest[0] not in verbs:
        # "Jarvis can read your calendar"
        return False
    if asks:
        # "Is honey good for a cough?", but not "is going to the shop?"
        endings = (*language.before_gap, *filter(None, (language.past_ending,)))
        return not subject[0].endswith(endings)
    if verb in language.copulas:
        if subject[0] in language.numbers | language.times:
            return rest[0] in language.indefinites
        compared = rest[0].endswith("er") or rest[0] in language.comparatives
        return compared and not language.than.isdisjoint(rest[1:2])
    if subject[0] in language.numbers:
        return verb in language.modals
    return subject[0] not in verbs and rest[0] in verbs
