"""What is counted of a transcript."""

from __future__ import annotations

import pytest

from bench.speech.scoring import (
    ends_with_a_mark,
    is_loop,
    names_heard,
    names_written,
    plain,
    word_errors,
)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("Agent logged off.", "agent logged off", 0),
        ("Press 3, then #.", "Press three then pound", 0),
        ("Follow the line", "Follow line here", 2),
        ("One two", "", 2),
        ("", "Thank you.", 2),
    ],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(plain(said), plain(heard)) == errors


def test_a_loop_is_what_was_said_once_and_written_again() -> None:
    said = plain("Please enter your agent number followed by the pound key")
    assert not is_loop(said, said)
    assert is_loop(said, said + said[:5])
    assert is_loop(plain("Stop"), plain("stop stop stop stop stop"))
    twice = plain("I see him every day and I see him every night")
    assert not is_loop(twice, twice)
    misheard = plain("I see them every day and I see them every night")
    assert not is_loop(twice, misheard)
    assert is_loop(twice, misheard + plain("and I see them every night"))


def test_names_are_heard_nearly_and_written_exactly() -> None:
    assert names_heard(["Jarvis", "Sage"], "Jarvus, what does the page think?") == 1
    assert names_heard(["Sage"], "Hay sage.") == 1
    assert names_written(["Jarvis", "Sage"], "Jarvis, ask sage.") == 1
    assert names_written(["Sage"], "Sage Sage, are you there?") == 0
    assert names_written(["Sage", "Sage"], "Sage, are you Sage?") == 2


def test_end_marks() -> None:
    assert ends_with_a_mark("Are you there? ")
    assert not ends_with_a_mark("Are you there,")
