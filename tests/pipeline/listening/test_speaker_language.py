"""A speaker's language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.inference.whisper import Transcription
from pipeline.listening.speaker_language import SpeakerLanguage

SHORT_MS, LONG_MS = 900.0, 2600.0
GERMAN = Transcription("Wie spät ist es?", "de", 0.0, -0.1, LONG_MS, 60.0, None, 0.95)


def test_a_language_of_the_settings_is_never_left() -> None:
    language = SpeakerLanguage("en")
    language.heard(GERMAN)
    assert language.expected(SHORT_MS) == language.expected(LONG_MS) == "en"


def test_until_something_telling_was_said_it_is_detected() -> None:
    language = SpeakerLanguage(None)
    assert language.expected(SHORT_MS) is None


def test_short_words_are_in_the_language_of_what_was_said_before() -> None:
    language = SpeakerLanguage(None)
    language.heard(GERMAN)
    assert language.expected(SHORT_MS) == "de"


def test_a_long_turn_is_detected_and_may_change_the_language() -> None:
    language = SpeakerLanguage(None)
    language.heard(GERMAN)
    assert language.expected(LONG_MS) is None
    language.heard(replace(GERMAN, language="en", text="What time is it now?"))
    assert language.expected(SHORT_MS) == "en"


@pytest.mark.parametrize(
    "untelling",
    [
        replace(GERMAN, duration_ms=SHORT_MS),
        replace(GERMAN, text="Stopp."),
        replace(GERMAN, language_probability=0.5),
        replace(GERMAN, rejected="repeats itself"),
    ],
    ids=["short", "one word", "unsure", "rejected"],
)
def test_what_tells_little_is_not_remembered(untelling: Transcription) -> None:
    language = SpeakerLanguage(None)
    language.heard(untelling)
    assert language.expected(SHORT_MS) is None
