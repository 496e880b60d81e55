"""Readers of names, and of the words around them."""

from __future__ import annotations

import re
from typing import Final

from pipeline.language.clause import bare_forms, opens_with
from pipeline.language.garbled_greetings import asks_directly, garbled_greetings
from pipeline.language.kana import is_katakana, spells
from pipeline.language.lexicons import ENGLISH
from pipeline.language.likeness import likeness, likeness_by_class, rhymes
from pipeline.language.mentions import NameFinder
from pipeline.language.name_forms import (
    agent_forms,
    name_letters,
    other_names,
    spoken_names,
    without_title,
)
from pipeline.language.name_words import (
    calls_though_everyday,
    is_agent_word,
    is_everyday,
    is_person_word,
    may_be_garbled_name,
)
from pipeline.language.usual_letters import usual_letters
from pipeline.language.vocative import (
    fluent_words,
    greets_only,
    is_called,
    is_clearly_called,
    is_hailed,
    is_last_in_question,
    plain_words,
)
from tests.outside.subject import Subject


def _middle(text: str) -> tuple[int, int]:
    return len(text) // 2, len(text) // 2 + 6


SUBJECTS: Final = (
    Subject(
        "pipeline.language.mentions:NameFinder",
        lambda t: NameFinder({"a": [t]}).find("Is Jarvis here?", ENGLISH),
    ),
    Subject("pipeline.language.kana:is_katakana", is_katakana),
    Subject("pipeline.language.kana:spells", lambda t: spells(f"ジャ{t}", "jarvis")),
    Subject("pipeline.language.likeness:likeness", lambda t: likeness(t, t[::-1])),
    Subject(
        "pipeline.language.likeness:likeness_by_class", lambda t: likeness_by_class(t, "jarvis")
    ),
    Subject("pipeline.language.likeness:rhymes", lambda t: rhymes(t, t[::-1])),
    Subject("pipeline.language.name_forms:agent_forms", agent_forms),
    Subject("pipeline.language.name_forms:without_title", without_title),
    Subject("pipeline.language.name_words:is_everyday", lambda t: is_everyday(t, ENGLISH)),
    Subject(
        "pipeline.language.name_words:may_be_garbled_name",
        lambda t: may_be_garbled_name(t, ENGLISH),
        covers=("pipeline.language.name_words:vocabulary",),
    ),
    Subject(
        "pipeline.language.name_words:calls_though_everyday",
        lambda t: calls_though_everyday(t, *_middle(t), ENGLISH),
    ),
    Subject(
        "pipeline.language.name_words:is_agent_word",
        lambda t: is_agent_word(t, *_middle(t), ENGLISH, cased=True, bare=True),
        covers=(
            "pipeline.language.vocative:asks_the_named",
            "pipeline.language.vocative:only_greets",
        ),
    ),
    Subject(
        "pipeline.language.name_words:is_person_word",
        lambda t: is_person_word(t, *_middle(t), ENGLISH, cased=True, exact=True),
        covers=("pipeline.language.vocative:surroundings",),
    ),
    Subject("pipeline.language.name_forms:other_names", other_names),
    Subject("pipeline.language.name_forms:name_letters", name_letters),
    Subject("pipeline.language.name_forms:spoken_names", spoken_names),
    Subject("pipeline.language.usual_letters:usual_letters", usual_letters),
    Subject("pipeline.language.vocative:is_hailed", lambda t: is_hailed(t, *_middle(t), ENGLISH)),
    Subject(
        "pipeline.language.vocative:is_last_in_question",
        lambda t: is_last_in_question(t, *_middle(t), ENGLISH),
    ),
    Subject(
        "pipeline.language.garbled_greetings:garbled_greetings",
        lambda t: [
            *garbled_greetings(t, [*re.finditer(r"\S+", t)], [("sage", "sage")], 0.9, ENGLISH)
        ],
    ),
    Subject(
        "pipeline.language.garbled_greetings:asks_directly",
        lambda t: asks_directly(t, len(t) // 2, ENGLISH),
    ),
    Subject("pipeline.language.vocative:greets_only", lambda t: greets_only(t, ENGLISH)),
    Subject("pipeline.language.vocative:fluent_words", lambda t: fluent_words(t, ENGLISH)),
    Subject(
        "pipeline.language.vocative:is_called",
        lambda t: is_called(t, *_middle(t), ENGLISH),
        covers=(
            "pipeline.language.clause:asks_for_knowledge",
            "pipeline.language.clause:asks_for_oneself",
            "pipeline.language.clause:ends_in_tag",
            "pipeline.language.clause:has_aside_last",
            "pipeline.language.clause:has_speaker_as_object",
            "pipeline.language.clause:is_afterthought",
            "pipeline.language.clause:is_asking",
            "pipeline.language.clause:is_named_last",
            "pipeline.language.clause:opens_phrase",
            "pipeline.language.clause:does_to_the_named",
            "pipeline.language.clause:lacks_predicate",
            "pipeline.language.question_gap:asks_for_subject",
            "pipeline.language.question_gap:has_its_object",
            "pipeline.language.question_gap:has_relative_object",
            "pipeline.language.question_gap:has_stranded_preposition",
            "pipeline.language.question_gap:is_lone_verb",
            "pipeline.language.question_gap:leaves_of_itself",
            "pipeline.language.clause:begins_clause",
            "pipeline.language.inversion:inverts",
            "pipeline.language.inversion:is_told_later",
            "pipeline.language.clause:has_pronoun_as_object",
            "pipeline.language.clause:is_told_of",
            "pipeline.language.clause:is_whole_aside",
            "pipeline.language.clause:is_whole_statement",
            "pipeline.language.clause:makes_the_named_act",
            "pipeline.language.clause:may_end_without_object",
            "pipeline.language.clause:needs_no_object",
            "pipeline.language.clause:takes_object_last",
            "pipeline.language.clause:tells_how",
        ),
    ),
    Subject(
        "pipeline.language.vocative:is_clearly_called",
        lambda t: is_clearly_called(t, *_middle(t), ENGLISH),
    ),
    Subject(
        "pipeline.language.clause:opens_with",
        lambda t: opens_with(tuple(t.split()), ENGLISH.request_phrases),
    ),
    Subject("pipeline.language.clause:bare_forms", lambda t: bare_forms(f"{t}ed", ENGLISH)),
    Subject("pipeline.language.vocative:plain_words", plain_words),
)
