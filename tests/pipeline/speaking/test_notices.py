from __future__ import annotations

import re

import pytest

from models.fixture.phrases import sentences
from pipeline.errors import AgentError, AgentRefused, AgentStopped, AgentTimeout, AgentUnavailable
from pipeline.speaking.notices import (
    CONTINUATION_OFFER,
    LOST,
    ONE_MOMENT,
    REFUSED,
    STOPPED,
    TOO_LONG,
    UNAVAILABLE,
    UNWILLING,
    WENT_WRONG,
    continuation_offer,
    listening,
    notice_for,
    stock_texts,
    too_much,
    your_turn,
)
from translations import LANGUAGES, SOURCE

KANJI = re.compile("[一-鿿]")


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (AgentUnavailable("the Gateway is away"), UNAVAILABLE),
        (AgentTimeout("60 s are over"), TOO_LONG),
        (AgentRefused("wrong token"), REFUSED),
        (AgentRefused("the model declined", unwilling=True), UNWILLING),
        (AgentStopped("rpc"), STOPPED),
        (AgentError("something else"), WENT_WRONG),
        (ZeroDivisionError(), WENT_WRONG),
    ],
)
def test_every_error_has_a_notice_for_the_speaker(
    error: Exception, notice: tuple[str, ...]
) -> None:
    assert notice_for(error) == notice_for(error, "fi") == notice
    others = [notice_for(error, each) for each in LANGUAGES if each != SOURCE]
    assert len({notice, *others}) == len(LANGUAGES), "each language has its own words"
    assert all(len(each) == len(notice) for each in others), "a sentence is spoken at a time"


@pytest.mark.parametrize("notice", [UNAVAILABLE, TOO_LONG, WENT_WRONG])
def test_a_notice_says_what_happened_and_what_to_do(notice: tuple[str, ...]) -> None:
    happened, to_do = notice
    assert happened.endswith(".")
    assert to_do == "Please ask me again."
    assert not any(mark in happened for mark in ":()0123456789_")


@pytest.mark.parametrize("notice", [REFUSED, UNWILLING, STOPPED])
def test_a_notice_asks_for_no_retry_where_that_does_not_help(notice: tuple[str, ...]) -> None:
    assert "again" not in " ".join(notice)
    assert all(sentence.endswith(".") for sentence in notice)


def test_the_fixture_model_can_hear_every_notice() -> None:
    """End-to-end tests rely on it to recognise a notice in the audio."""
    known = {phrase.text for phrase in sentences()}
    assert known.issuperset([*UNAVAILABLE, *TOO_LONG, *WENT_WRONG, ONE_MOMENT, CONTINUATION_OFFER])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ben", "You are next, Ben."),
        ("Anne-Marie O’Neill", "You are next, Anne-Marie O’Neill."),
        ("xX_b0b_Xx", "You are next."),
        ("a name that is too long to be spoken", "You are next."),
        ("", "You are next."),
    ],
)
def test_a_waiting_member_is_called_by_name_if_it_can_be_spoken(name: str, said: str) -> None:
    assert your_turn(name, "en", next_one=True) == said


def test_notices_are_in_the_listeners_language_or_in_english() -> None:
    assert your_turn("Ben", "de-AT", next_one=False) == "Danach bist du dran, Ben."
    assert listening("de") == "Ich höre zu."
    assert continuation_offer(None) == continuation_offer("fi") == CONTINUATION_OFFER


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "I am listening."),
        ("de", "Ich höre zu."),
        ("fr-CA", "Je t'écoute."),
        ("fi", "I am listening."),
    ],
)
def test_a_chosen_agent_confirms_in_the_speakers_language(language: str, words: str) -> None:
    assert listening(language) == words


def test_the_stock_has_every_text_without_a_name_once() -> None:
    english, german = stock_texts("en"), stock_texts("de-AT")
    assert ONE_MOMENT in english
    assert too_much("en") in english, "it is spoken at once"
    assert {*UNAVAILABLE, *LOST} <= set(english)
    assert "Einen Moment, bitte." in german
    assert stock_texts(None) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_of_its_own(language: str) -> None:
    stock = stock_texts(language)
    assert len(set(stock)) == len(stock) == len(stock_texts(SOURCE))
    assert not any("{" in each for each in stock)
    assert language == SOURCE or not set(stock) & set(stock_texts(SOURCE))
    for next_one in (True, False):
        assert "Ben" in your_turn("Ben", language, next_one=next_one)


def test_a_japanese_text_is_in_kana_because_the_embedded_voices_read_no_kanji() -> None:
    assert not [each for each in stock_texts("ja") if KANJI.search(each)]
    assert not KANJI.search(your_turn("Ben", "ja", next_one=True))
