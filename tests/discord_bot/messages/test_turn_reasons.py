"""The conversation's reasons in plain words: to the speaker, to others, two at most."""

from __future__ import annotations

import inspect

import pytest

from discord_bot.messages.turn_reasons import OF_EVERYBODY, PLAIN, plain_reason, plain_reasons
from pipeline.addressee import classifier
from pipeline.addressee.classifier import (
    ANOTHER_MAY_BE_CALLED,
    LEFT_TO_AGENT,
    MAY_BE_CALLED,
    Feature,
)
from pipeline.echo.guard import ECHO
from pipeline.listening.open_calls import BEHIND_A_STOP, ONLY_CALLS
from translations import LANGUAGES, SOURCE


def test_only_reasons_of_the_conversation_have_plainer_words() -> None:
    fixed = {*(each.reason for each in Feature), ECHO, ONLY_CALLS, BEHIND_A_STOP}
    code = inspect.getsource(classifier)
    assert all(f'"{each}"' in code for each in {*PLAIN, *OF_EVERYBODY} - fixed)


@pytest.mark.parametrize("reason", sorted({*PLAIN, *OF_EVERYBODY}))
def test_plain_words_are_in_every_language_and_name_no_agent(reason: str) -> None:
    for you in (True, False):
        text = plain_reason(reason, you=you)
        assert "the agent" not in str(text)
        others = [each for each in LANGUAGES if each != SOURCE]
        assert all(text.to(language) != text.to(SOURCE) for language in others)


@pytest.mark.parametrize("reason", sorted(PLAIN))
def test_the_speaker_is_you_and_others_are_not(reason: str) -> None:
    to_the_speaker = str(plain_reason(reason, you=True)).split()
    to_others = str(plain_reason(reason, you=False)).split()
    assert {"you", "your", "yours", "yourself"} & {*to_the_speaker}
    assert not {"you", "your", "yours", "yourself"} & {*to_others}


def test_two_reasons_and_none_against_the_decision() -> None:
    reasons = ("the rules agreed", "it thanks for the answer", "it is a question", "x")
    told = plain_reasons(reasons, you=True)
    assert str(told) == "it thanks for the answer and it is a question"
    assert told.to("ja") == "答えへのお礼です、質問です"
    against = ("although other people are here",)
    assert str(plain_reasons(against, you=True)) == "although other people are here"


def test_a_name_that_was_called_is_reason_enough() -> None:
    reasons = ("called by name", "it is a question", "although other people are here")
    assert str(plain_reasons(reasons, you=True)) == "you called me by name"
    assert str(plain_reasons(reasons, you=False)) == "I was called by name"


def test_that_a_conversation_runs_is_told_where_there_is_nothing_better() -> None:
    running = "an exchange with the agent is running"
    assert str(plain_reasons((running,), you=True)) == "a conversation with me is running"
    told = plain_reasons((running, "it is a question", "it is a request"), you=True)
    assert str(told) == "it is a question and it is a request"


def test_reasons_with_the_same_words_are_told_once() -> None:
    reasons = (
        "it answers what the agent had asked them before others spoke",
        "it answers what the agent asked them",
        "it is a request",
    )
    told = "it answers what I had asked you and it is a request"
    assert str(plain_reasons(reasons, you=True)) == told


def test_a_name_that_was_perhaps_called_is_told() -> None:
    mine = plain_reasons((LEFT_TO_AGENT, MAY_BE_CALLED, "although it is a question"), you=True)
    assert str(mine) == "I was not sure at first and you may have called me by name"
    others = plain_reasons((LEFT_TO_AGENT, ANOTHER_MAY_BE_CALLED), you=False)
    assert str(others) == "I was not sure at first and another agent may have been called by name"
