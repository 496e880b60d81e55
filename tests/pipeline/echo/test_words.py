"""Words of the bot's own taken out of what a microphone heard."""

from __future__ import annotations

import pytest

from pipeline.echo.words import echoed_words, without_echo

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
def test_only_runs_of_the_bots_words_are_taken_out(heard: str, left: str) -> None:
    assert without_echo(heard, SPOKEN) == left


def test_how_many_words_are_the_bots_if_hardly_any_are_not() -> None:
    assert echoed_words("every evening the boats came home", SPOKEN) == 6
    assert echoed_words("every evening Jarvis please stop it", SPOKEN) == 0
    assert echoed_words("Jarvis, stop.", SPOKEN) == 0


def test_what_is_too_long_to_be_compared_is_the_speakers() -> None:
    assert "mine" in without_echo("other words " * 200 + "mine", SPOKEN)
