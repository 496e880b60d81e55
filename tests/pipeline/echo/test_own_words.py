"""The bot's words in a transcript, and what a speaker said beside them."""

from __future__ import annotations

import pytest

from pipeline.echo.own_words import (
    all_in_order,
    echoed_words,
    stop_among,
    without_echo,
    without_words_of,
)

SPOKEN = "Every evening the boats came home with the tide. The children waited on the wall."


@pytest.mark.parametrize(
    ("heard", "left"),
    [
        ("Every evening the boats came home.", ""),
        ("evening the boat came home with a tide", "a tide"),
        ("boats came home Jarvis, stop.", "Jarvis, stop."),
        ("Wait, the children waited on", "Wait,"),
        ("Jarvis, stop.", "Jarvis, stop."),
        ("the", ""),
        ("I like the sea", "I like the sea"),
        ("", ""),
    ],
)
def test_only_runs_of_the_bots_words_are_removed(heard: str, left: str) -> None:
    assert without_echo(heard, SPOKEN) == left


def test_the_bots_words_are_counted_if_few_others_are_there() -> None:
    assert echoed_words("every evening the boats came home", SPOKEN) == 6
    assert all_in_order("every boats came", SPOKEN)
    assert not all_in_order("every", SPOKEN), "one word may be anyone's"
    assert not all_in_order("came every", SPOKEN)
    assert echoed_words("every evening Jarvis please stop it", SPOKEN) == 0
    assert echoed_words("Jarvis, stop.", SPOKEN) == 0


def test_words_beyond_the_comparison_limit_are_the_speakers() -> None:
    assert "mine" in without_echo("other words " * 200 + "mine", SPOKEN)


@pytest.mark.parametrize(
    ("left", "stop"),
    [
        ("Stop.", "Stop."),
        ("it Stop.", "Stop."),
        ("and the stop", "stop"),
        ("to find a seat. Stop.", "Stop."),
        ("he told me to stop", ""),
        ("Tell me more.", ""),
        ("", ""),
    ],
)
def test_a_stop_is_found_behind_misheard_words(left: str, stop: str) -> None:
    assert stop_among(left, SPOKEN, lambda words: words.lower().strip(".") == "stop") == stop


def test_a_stop_that_the_bot_says_is_none() -> None:
    assert stop_among("stop", "The bus stop is here.", lambda words: words == "stop") == ""


def test_words_that_the_bot_says_anywhere_are_left_out() -> None:
    spoken = "I'm Jarvis, your assistant. How can I help you?"
    assert without_words_of("Jarvis, how can eye help", spoken) == "eye"
    assert without_words_of("Jarvis, stop it", "The boats came home.") == "Jarvis, stop it"
