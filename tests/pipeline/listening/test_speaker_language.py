"""The language of a speaker and of a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.inference.whisper import Transcription
from pipeline.listening.speaker_language import CallLanguage, ExpectedLanguage, SpeakerLanguage
from pipeline.settings import SttSettings

SHORT_MS, LONG_MS = 900.0, 2600.0
GERMAN = Transcription("Wie spät ist es?", "de", 0.0, -0.1, LONG_MS, 60.0, None, 0.95)
ENGLISH = replace(GERMAN, language="en", text="What time is it now?")


def call(**stt: Any) -> CallLanguage:
    return CallLanguage(SttSettings(**stt))


def test_the_language_of_the_settings_is_fixed() -> None:
    language = SpeakerLanguage(call(language="en"))
    language.learn(GERMAN)
    assert language.expected(SHORT_MS) == language.expected(LONG_MS) == ExpectedLanguage("en")


def test_a_single_language_of_the_list_is_fixed() -> None:
    assert SpeakerLanguage(call(languages=["de"])).expected(LONG_MS) == ExpectedLanguage("de")


def test_the_language_is_detected_at_first() -> None:
    assert SpeakerLanguage(call()).expected(SHORT_MS) == ExpectedLanguage()


def test_the_list_narrows_the_detection_and_its_first_is_usual() -> None:
    language = SpeakerLanguage(call(languages=["de", "en"]))
    assert language.expected(SHORT_MS) == ExpectedLanguage(None, ("de", "en"), "de")


def test_a_short_turn_is_expected_in_the_remembered_language() -> None:
    language = SpeakerLanguage(call())
    language.learn(GERMAN)
    assert language.expected(SHORT_MS).code == "de"


def test_a_long_turn_is_detected_and_may_change_the_language() -> None:
    language = SpeakerLanguage(call())
    language.learn(GERMAN)
    assert language.expected(LONG_MS) == ExpectedLanguage(None, (), "de")
    language.learn(ENGLISH)
    assert language.expected(SHORT_MS).code == "en"


def test_a_language_without_spaces_is_remembered_too() -> None:
    language = SpeakerLanguage(call())
    language.learn(replace(GERMAN, language="ja", text="今日は何曜日ですか。"))
    assert language.expected(SHORT_MS).code == "ja"


def test_a_new_speaker_begins_with_the_language_of_the_call() -> None:
    room = call(languages=["en", "de"])
    SpeakerLanguage(room).learn(GERMAN)
    assert SpeakerLanguage(room).expected(SHORT_MS) == ExpectedLanguage(None, ("en", "de"), "de")


def test_a_short_first_turn_is_in_the_language_of_the_call_among_all_languages() -> None:
    room = call()
    assert SpeakerLanguage(room).expected(SHORT_MS) == ExpectedLanguage()
    SpeakerLanguage(room).learn(GERMAN)
    assert SpeakerLanguage(room).expected(SHORT_MS) == ExpectedLanguage("de")
    assert SpeakerLanguage(room).expected(LONG_MS) == ExpectedLanguage(None, (), "de")


def test_another_speaker_does_not_change_a_remembered_language() -> None:
    room = call()
    ann, ben = SpeakerLanguage(room), SpeakerLanguage(room)
    ann.learn(GERMAN)
    ben.learn(ENGLISH)
    assert ann.expected(SHORT_MS).code == "de"
    assert ann.expected(LONG_MS).usual == "de"


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
def test_an_uncertain_language_is_not_remembered(untelling: Transcription) -> None:
    room = call()
    language = SpeakerLanguage(room)
    language.learn(untelling)
    assert language.expected(SHORT_MS) == ExpectedLanguage()
    assert room.usual is None


def test_a_fixed_language_outside_the_list_is_refused() -> None:
    with pytest.raises(ValidationError, match="not one of languages"):
        SttSettings(language="fr", languages=("en", "de"))
