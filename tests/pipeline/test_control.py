"""What acts at once."""

from __future__ import annotations

import pytest

from pipeline.control import is_stop


@pytest.mark.parametrize(
    "text",
    [
        "Stop.",
        "Jarvis, stop.",
        "Stop, Jarvis!",
        "Hey Jarvis, please stop.",
        "Stop talking.",
        "That's enough.",
        "Never mind.",
        "Okay, stop it, Jarvis",
        "Hör auf.",
        "Jarvis, sei still!",
    ],
)
def test_a_call_for_silence(text: str) -> None:
    assert is_stop(text, ["Jarvis"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jarvis.",
        "Jarvis, stop the music.",
        "Did the bus stop?",
        "When does it stop raining?",
        "Bob, stop.",
        "Never mind the weather, what time is it?",
    ],
)
def test_what_is_more_than_that(text: str) -> None:
    assert not is_stop(text, ["Jarvis"])
