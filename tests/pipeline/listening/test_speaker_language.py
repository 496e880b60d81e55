"""The language of a speaker and of a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.inference.transcription import Transcription
from pipeline.listening.speaker_language import CallLanguage, ExpectedLanguage, SpeakerLanguage
from pipeline.settings import SttSettings

SHORT_MS, USUAL_MS, LONG_MS = 900.0, 1600.0, 2600.0
GERMAN = Transcription("Wie spät ist es?", "de", 0.0, -0.1, LONG_MS, 60.0, None, 0.95)
ENGLISH = replace(GERMAN, language="en", text="What time is it now?")


NOD = replace(GERMAN, language="en", text="Okay, sounds good.", language_probability=0.82)


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


def test_a_short_first_turn_is_in_the_language_of_the_server_unless_another_is_likely() -> None:
    spoken = call()
    spoken.of_server = "pl"
    language = SpeakerLanguage(spoken)
    assert language.expected(SHORT_MS) == ExpectedLanguage(None, (), "pl", 0.7)
    assert language.expected(LONG_MS) == ExpectedLanguage()
    language.learn(GERMAN)
    assert language.expected(SHORT_MS).code == "de"
    listed = call(languages=["de", "en"])
    listed.of_server = "pl"
    assert SpeakerLanguage(listed).expected(SHORT_MS) == ExpectedLanguage(None, ("de", "en"), "de")


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


def given(turn: Transcription, language: str) -> Transcription:
    """The same, decoded in a language that was told."""
    return replace(turn, language=language, language_probability=1.0, language_given=True)


def test_a_turn_of_usual_length_is_detected_and_a_clear_result_goes_first() -> None:
    room = call()
    ann, ben = SpeakerLanguage(room), SpeakerLanguage(room)
    ann.learn(GERMAN)
    clearly = ExpectedLanguage(None, (), "de", 0.9)
    assert ann.expected(USUAL_MS) == ben.expected(USUAL_MS) == clearly


def test_a_language_that_was_given_is_no_evidence() -> None:
    room = call()
    ann, ben = SpeakerLanguage(room), SpeakerLanguage(room)
    ann.learn(GERMAN)
    ben.learn(given(replace(ENGLISH, duration_ms=USUAL_MS), "de"))
    ann.learn(ENGLISH)
    ben.learn(given(replace(ENGLISH, duration_ms=USUAL_MS), "de"))
    assert room.spoken == ben.expected(SHORT_MS).code == "en"


def test_a_speaker_leaves_a_language_with_two_turns_of_usual_length() -> None:
    language, asks = SpeakerLanguage(call()), replace(ENGLISH, duration_ms=1900.0)
    language.learn(GERMAN)
    language.learn(asks)
    assert language.expected(SHORT_MS).code == "de"
    language.learn(asks)
    assert language.expected(SHORT_MS).code == "en"


def test_one_long_nod_does_not_change_a_language() -> None:
    language = SpeakerLanguage(call())
    language.learn(GERMAN)
    language.learn(NOD)
    assert language.expected(SHORT_MS).code == "de"
    language.learn(GERMAN)
    language.learn(NOD)
    assert language.expected(SHORT_MS).code == "de"
    language.learn(NOD)
    assert language.expected(SHORT_MS).code == "en"


def test_a_newcomer_changes_the_language_of_the_call_only_if_it_is_clear() -> None:
    room = call()
    SpeakerLanguage(room).learn(GERMAN)
    SpeakerLanguage(room).learn(NOD)
    assert room.spoken == "de"
    SpeakerLanguage(room).learn(ENGLISH)
    assert room.spoken == "en"


@pytest.mark.parametrize("odd", ["haw", "nn", "la", "cy"])
def test_an_odd_language_takes_two_turns(odd: str) -> None:
    room = call()
    ann, ben = SpeakerLanguage(room), SpeakerLanguage(room)
    ann.learn(replace(GERMAN, language=odd))
    assert ann.expected(SHORT_MS) == ExpectedLanguage()
    ann.learn(replace(GERMAN, language=odd))
    assert ann.expected(SHORT_MS).code == odd
    room.spoken = None
    ben.learn(replace(GERMAN, language=odd))
    assert ben.expected(SHORT_MS).code == odd, "it is known in this call"


def test_an_odd_language_of_the_list_is_believed() -> None:
    language = SpeakerLanguage(call(languages=["en", "cy"]))
    language.learn(replace(GERMAN, language="cy"))
    assert language.expected(SHORT_MS).code == "cy"


def test_a_song_of_one_syllable_is_no_language() -> None:
    language = SpeakerLanguage(call())
    language.learn(GERMAN)
    for _ in range(3):
        language.learn(replace(GERMAN, text="La, la, la, la", language="la", duration_ms=4000.0))
    assert language.expected(SHORT_MS).code == "de"


def test_questions_of_two_words_teach_a_language_together() -> None:
    language = SpeakerLanguage(call())
    asks = replace(GERMAN, language="pl", text="Która godzina?", duration_ms=USUAL_MS)
    language.learn(asks)
    assert language.expected(SHORT_MS) == ExpectedLanguage()
    language.learn(asks)
    assert language.expected(SHORT_MS).code == "pl"


def test_nothing_is_learned_while_the_language_is_fixed() -> None:
    room = call(languages=["de"])
    language = SpeakerLanguage(room)
    for turn in (ENGLISH, given(ENGLISH, "de"), given(ENGLISH, "de")):
        language.learn(turn)
    room.choose(("en", "de"))
    assert language.expected(SHORT_MS) == ExpectedLanguage(None, ("en", "de"), "en")


def test_a_servers_list_goes_before_the_language_of_the_settings() -> None:
    room = call(language="en")
    language = SpeakerLanguage(room)
    room.choose(("de", "fr"))
    assert language.expected(SHORT_MS) == ExpectedLanguage(None, ("de", "fr"), "de")
    room.choose(())
    assert language.expected(SHORT_MS) == ExpectedLanguage("en")


def test_the_same_list_again_keeps_what_the_call_spoke() -> None:
    room = call(languages=["en", "de"])
    SpeakerLanguage(room).learn(GERMAN)
    room.choose(("en", "de"))
    assert room.usual == "de"
    room.choose(("en", "fr"))
    assert room.usual == "en"


@pytest.mark.parametrize(("sure", "expected"), [(0.45, None), (0.9, "cy")])
def test_the_rest_of_a_turn_is_fixed_by_a_sure_part_only(sure: float, expected: str | None) -> None:
    part = replace(GERMAN, language="cy", language_probability=sure)
    after = ExpectedLanguage().after(part)
    assert after.code == expected
    assert expected or after.usual == "cy"
    gave_way = replace(part, language="de", language_given=True)
    assert ExpectedLanguage().after(gave_way).code == "de"
    assert ExpectedLanguage("de").after(part).code == (expected or "de")


def test_a_fixed_language_outside_the_list_is_refused() -> None:
    with pytest.raises(ValidationError, match="not one of languages"):
        SttSettings(language="fr", languages=("en", "de"))
