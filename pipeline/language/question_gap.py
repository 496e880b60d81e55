"""What the question word of a clause stands for: where it is the object of the last word, a name
behind the clause is none.

"What are we waiting for Jarvis" calls; in "what is wrong with Jarvis" the name is needed. All
functions take plain words: in lower case, without marks.
"""

from __future__ import annotations

from typing import Final

from pipeline.language.clause import bare_forms, opens_with
from pipeline.language.lexicons import Language

_FIRST_WORDS: Final = 4
_SHORTEST: Final = 3
_SUBJECT_AND_VERB: Final = 2


def has_its_object(before: tuple[str, ...], language: Language) -> bool:
    """Whether a question word is the object of the last verb: "what do you think", "how many legs
    does a spider have"."""
    if len(before) < _SHORTEST or before[-1] not in language.gap_verbs:
        return False
    if before[-1] in language.naming_forms:
        # "What does the manual call Jarvis" asks for what it is called.
        return not language.copulas.isdisjoint(before)
    return any(
        word in language.gap_words
        # A subject stands between the two verbs.
        and not language.verbs_first.isdisjoint(before[position + 1 : -2])
        for position, word in enumerate(before[:_FIRST_WORDS])
    )


def has_stranded_preposition(content: tuple[str, ...], language: Language) -> bool:
    """Whether a question word is the object of the last preposition: "what is it made of"."""
    if len(content) < _SHORTEST or content[-1] not in language.prepositions | language.about_before:
        return False
    asked = _split_at_verb(content[:-1], language)
    if asked is None:
        return False
    copula, body = asked
    if copula and len(body) == 1:
        # "What is it for", "who is this from"
        return body[0] in language.pronouns | language.remarked | language.deictics
    if len(body) < _SUBJECT_AND_VERB:
        return False
    last = body[-1]
    if copula and (last in language.participles or bare_forms(last, language)):
        return True
    return last in language.prepositional_verbs or is_lone_verb(last, language)


def has_relative_object(content: tuple[str, ...], language: Language) -> bool:
    """Whether a relative pronoun is the object of the last verb: "that's not what I meant". A verb
    of two objects may have the name as the other one: "that's what I told Jarvis"."""
    if len(content) < _SHORTEST or content[-3] not in language.gap_words:
        return False
    if content[-2] not in language.pronouns | language.you:
        return False
    asked = opens_with(content, language.correction_phrases) and not (
        language.relays.isdisjoint(bare_forms(content[-1], language))
    )
    return asked or content[-1] in language.gap_pasts


def leaves_of_itself(content: tuple[str, ...], language: Language) -> bool:
    """Whether a verb with a name as its object elsewhere has none here, as it is asked when a thing
    leaves: "what time does the bus leave"."""
    if content[-1:] == () or content[-1] not in language.departures:
        return False
    if content[0] not in language.question_words or (
        content[0] in language.gap_words and language.time_units.isdisjoint(content[1:2])
    ):
        return False
    at = next((at for at, word in enumerate(content) if word in language.verbs_first), None)
    subject = () if at is None else content[at + 1 : -1]
    if not subject or subject[0] in language.you:
        return False
    if subject[0] in language.determiners | language.definites:
        return (language.kin | language.crowd).isdisjoint(subject)
    # "When do we leave", but "when did they leave Jarvis on"
    return subject[0] in language.pronouns and content[at or 0] not in language.irregular_pasts


def asks_for_subject(content: tuple[str, ...], language: Language) -> bool:
    """Whether the question word is the subject of the last verb: "which of you muted"."""
    if content[:1] == () or content[0] not in language.gap_words:
        return False
    if len(content) < _SHORTEST:
        # "Who installed Jarvis"
        return len(content) > 1
    if language.genitives.isdisjoint(content[1:3]):
        return False
    last = content[-1]
    done = last in language.irregular_pasts or bool(bare_forms(last, language))
    return (
        done
        and language.verbs_first.isdisjoint(content)
        and not is_lone_verb(last, language)
        and last not in language.question_ends
    )


def is_lone_verb(word: str, language: Language) -> bool:
    """Whether it is a form of a verb that takes no object: "laughed", "waiting", "goes"."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), *bare_forms(word, language)}
    for ending in language.before_gap:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            forms |= {stem, f"{stem}e", stem[:-1]}
    return not forms.isdisjoint(language.lone_verbs)


def _split_at_verb(
    content: tuple[str, ...], language: Language
) -> tuple[bool, tuple[str, ...]] | None:
    """Whether the first verb of a question for an object is a form of "to be", and the words
    behind it."""
    first = content[0]
    if first in language.question_words and first.removesuffix("s") in (
        language.gap_words - {first}
    ):
        # "whats", "whos"
        return True, content[1:]
    if first not in language.gap_words:
        return None
    at = next(
        (at for at, word in enumerate(content[: _FIRST_WORDS + 1]) if word in language.verbs_first),
        None,
    )
    return None if at is None else (content[at] in language.copulas, content[at + 1 :])
