"""Requests that change something, and those that only ask for words."""

from __future__ import annotations

import pytest

from pipeline.language.acting import acts
from pipeline.language.utterance import ParsedUtterance


@pytest.mark.parametrize(
    "text",
    [
        "Jarvis, turn off the lights.",
        "Can you turn off the lights?",
        "Delete that file.",
        "Send Bob the report.",
        "Please buy me a ticket.",
        "Could you send an email to Bob?",
        "Write an email to Bob.",
        "I want you to delete the file.",
        "Remind me at nine.",
        "Jarvis, defragment the disk.",
        "Tell me a joke and turn off the lights.",
    ],
)
def test_what_changes_something_acts(text: str) -> None:
    assert acts(ParsedUtterance(1, text))


@pytest.mark.parametrize(
    "text",
    [
        "Jarvis, what time is it?",
        "Tell me a joke.",
        "Can you explain that?",
        "Who sent the email?",
        "What is the best book to buy?",
        "It was raining all day.",
        "Translate good morning into French.",
    ],
)
def test_what_asks_for_words_does_not_act(text: str) -> None:
    assert not acts(ParsedUtterance(1, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Schalte das Licht aus.", True),
        ("Kannst du das Licht ausschalten?", True),
        ("Lösche die Datei.", True),
        ("Wie spät ist es?", False),
        ("Erzähl mir einen Witz.", False),
        ("Kannst du mir das erklären?", False),
    ],
)
def test_german_requests(text: str, expected: bool) -> None:
    assert acts(ParsedUtterance(1, text, "de")) is expected


def test_in_a_language_without_rules_everything_may_act() -> None:
    assert acts(ParsedUtterance(1, "Quelle heure est-il ?", "fr"))
