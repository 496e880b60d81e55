"""Stops that were written as other words: when they are tried again, and what is taken."""

from __future__ import annotations

import pytest

from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.stop_repair import is_the_stop, may_hold_a_stop

OVER_A_REPLY = ExpectedNames(("Jarvis",), ("Ann",), stops=True)


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        ("Guayet.", True),
        ("Jarvis, waiter", True),
        ("Stop.", False),
        ("Jarvis, stop.", False),
        ("", False),
        ("We should order some pizza later.", False),
    ],
)
def test_short_words_that_are_no_stop_are_tried_again(text: str, tried: bool) -> None:
    assert may_hold_a_stop(text, "en", 1.5, OVER_A_REPLY) is tried


def test_only_short_audio_over_a_reply_is_tried_again() -> None:
    assert not may_hold_a_stop("Guayet.", "en", 1.5, ExpectedNames(("Jarvis",)))
    assert not may_hold_a_stop("Guayet.", "en", 6.0, OVER_A_REPLY)
    assert not may_hold_a_stop("Guayet.", "ja", 1.5, OVER_A_REPLY)


@pytest.mark.parametrize(
    ("text", "prompted", "taken"),
    [
        ("Guayet.", "Quiet.", True),
        ("Stop talking it.", "Stop talking.", True),
        ("So sorry", "Stop it. Come out.", False),
        ("Yeah.", "Wait.", False),
        ("The bus top.", "The bus stop.", False),
    ],
)
def test_a_prompted_text_counts_if_it_is_a_stop_that_sounds_alike(
    text: str, prompted: str, taken: bool
) -> None:
    assert is_the_stop(text, prompted, "en", OVER_A_REPLY) is taken


def test_portuguese_stops_are_tried_again() -> None:
    assert may_hold_a_stop("Calabucas", "pt", 1.5, OVER_A_REPLY)
    assert is_the_stop("Calabucas", "Cala a boca.", "pt", OVER_A_REPLY)
    assert not is_the_stop("Obrigado.", "Para.", "pt", OVER_A_REPLY)
