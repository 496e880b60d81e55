"""The word lists: written so that the rules can match them."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pipeline.language.lexicons import ENGLISH, GERMAN, LANGUAGES, Language, language
from pipeline.language.vocative import plain_words

DOTTED = {"abbreviations", "number_abbreviations", "closing_abbreviations"}


@pytest.mark.parametrize("data", LANGUAGES, ids=lambda data: data.code)
def test_every_entry_is_in_the_form_in_which_it_is_looked_up(data: Language) -> None:
    for field in fields(data):
        entries = getattr(data, field.name)
        if not isinstance(entries, frozenset):
            continue
        for entry in entries:
            if field.name in DOTTED:
                assert entry == entry.lower()
                assert not entry.endswith(".")
            else:
                assert " ".join(plain_words(entry)) == entry, f"{data.code}.{field.name}: {entry!r}"


@pytest.mark.parametrize("data", LANGUAGES, ids=lambda data: data.code)
def test_a_language_fills_every_list(data: Language) -> None:
    empty = {field.name for field in fields(data) if getattr(data, field.name) == frozenset()}
    assert empty <= {
        "after_ordinals",
        "one_letter_words",
        "irregular_pasts",
        "same_in_past",
        "no_crowd_phrases",
        # In German "der", "die" and "das" are pronouns too, and "man" is no "you".
        "definites",
        "ordinals",
        "no_superlatives",
        "behind_generic_phrases",
    }


def test_every_language_says_the_same_things() -> None:
    for data in LANGUAGES:
        assert data.spoken.keys() == ENGLISH.spoken.keys()
        assert data.maths.keys() == ENGLISH.maths.keys()


def test_a_minor_phrase_is_of_one_kind() -> None:
    for data in LANGUAGES:
        assert not data.answers & data.acknowledgements
        assert not data.answers & data.backchannels


def test_a_language_is_found_by_its_code() -> None:
    assert language("en") is language(None) is language("en-GB") is ENGLISH
    assert language("DE") is GERMAN
    assert language("xx").question_words == frozenset()
