"""The control set: what it must be for its numbers to mean something, and how it is scored."""

from __future__ import annotations

import numpy as np
import pytest

from bench.conversation import clips
from bench.conversation.control.heard import heard_phrases, in_a_room
from bench.conversation.control.phrases import (
    LANGUAGES,
    PARTS,
    ControlPhrase,
    as_whisper_writes,
    parse,
    phrases,
)
from bench.conversation.control.score import score
from bench.conversation.scene_files import SceneError
from pipeline.audio import Samples
from pipeline.inference.transcription import Transcription


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_many_phrases_in_parts_and_halves_of_like_size(language: str) -> None:
    found = phrases(language)
    assert len(found) >= 250
    counts = [
        sum((each.part, each.stops) == (part, stops) for each in found)
        for part in PARTS
        for stops in (True, False)
    ]
    assert max(counts) < 2 * min(counts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_stop_a_reply_are_found_on_the_held_out_part(language: str) -> None:
    found = score(each for each in phrases(language) if each.part == "test")
    assert found.recall >= 0.95
    assert found.precision >= 0.95


def test_scores() -> None:
    said = [
        ControlPhrase("Stop.", "en", "test", True),
        ControlPhrase("Stop it, whoever you are.", "en", "test", True),
        ControlPhrase("Enough.", "en", "test", False),
        ControlPhrase("Go on.", "en", "test", False),
    ]
    found = score(said)
    assert (found.phrases, found.recall, found.precision) == (4, 0.5, 0.5)
    assert (found.missed, found.wrong) == (("Stop it, whoever you are.",), ("Enough.",))


def test_without_marks_and_capitals() -> None:
    assert (
        as_whisper_writes("Tais-toi, Jarvis. S'il te plaît !") == "tais toi jarvis s'il te plaît "
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tuning: {stop: a, not: b}", "test must have the halves"),
        ("tuning: {stop: a}\ntest: {stop: a, not: b}", "tuning must have the halves"),
        ("[]", "tuning must have the halves"),
        ("tuning: {stop: a, not: b}\ntest: {stop: b, not: c}", "'b' is there twice"),
    ],
)
def test_a_file_that_is_wrong_is_refused(text: str, told: str) -> None:
    with pytest.raises(SceneError, match=told):
        parse(text, "en")


class Deaf:
    """Hears "Stop." in everything."""

    def transcribe(self, audio: Samples, **_: object) -> Transcription:
        assert audio.dtype == np.float32
        return Transcription("Stop.", "en", 0.0, -0.1, 900.0, 1.0)


def test_the_phrases_are_heard_in_every_voice_that_has_clips(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def tone(text: str, voice: str, speed: float = 1.0) -> Samples:
        if voice != "af_heart":
            raise clips.MissingClip(voice)
        return np.full(8000, 0.1, np.float32)

    monkeypatch.setattr("bench.conversation.control.heard.clip", tone)
    heard = [*heard_phrases(Deaf())]
    assert len(heard) == 39
    assert {each.voice for each in heard} == {"af_heart"}
    assert all(each.taken for each in heard)
    assert [each.right for each in heard] == [each.stops for each in heard]


def test_a_phrase_has_quiet_around_it() -> None:
    sound = in_a_room(np.full(8000, 0.5, np.float32))
    assert sound.size > 8000
    assert np.abs(sound[:1000]).max() < 0.01
