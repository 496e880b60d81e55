"""The samples of scenes and recordings, with the real VAD."""

from __future__ import annotations

import numpy as np
import pytest

from bench.conversation.models import load_models
from bench.conversation.rendering import RenderedSpeech, Renderer, words_in
from bench.conversation.turn_taking.neural import faded
from bench.conversation.turn_taking.rendered_scene import ESPEAK_VOICES
from bench.conversation.turn_taking.samples import (
    HEARD_SILENCE,
    PRE_ROLL,
    Silence,
    samples_of,
    samples_of_meeting,
    samples_of_recording,
)
from bench.conversation.turn_taking.scenes import parse
from bench.recordings import Meeting, Segment
from pipeline.audio import HEARD_RATE, Samples
from server.engines.espeak import EspeakEngine


@pytest.fixture(scope="module")
def spoken() -> RenderedSpeech:
    with EspeakEngine() as engine:
        return Renderer(engine).piece("Tell me about the history of Rome", "f4")


def test_a_scene_has_a_sample_for_each_pause_and_for_its_end() -> None:
    (scene,) = parse(
        '- {kind: clause, says: ["Jarvis, what is the", 700, "weather in", 400, "Paris?"]}\n',
        "tuning",
    )
    vad, _ = load_models()
    with EspeakEngine() as engine:
        found = list(samples_of(scene, Renderer(engine), ESPEAK_VOICES["tuning"], 0, vad))
    scripted = [each for each in found if each.silence is Silence.SCRIPTED]
    assert [each.pause_ms for each in scripted] == [700, 400]
    assert [each.said for each in scripted] == [
        "Jarvis, what is the",
        "Jarvis, what is the weather in",
    ]
    assert [each.over for each in found] == [False] * (len(found) - 1) + [True]
    lengths = [each.audio.size for each in found]
    assert lengths == sorted(lengths)
    assert all(-150 < each.lag_ms < 200 for each in found)


def test_the_silence_behind_the_speech_is_that_of_a_room(spoken: RenderedSpeech) -> None:
    vad, _ = load_models()
    (sample,) = samples_of_recording(spoken.audio, "one", vad, "Tell me")
    assert sample.over
    assert sample.voice == "one"
    late = round(sample.lag_ms * HEARD_RATE / 1000)
    assert sample.audio.size == PRE_ROLL + spoken.audio.size + late + HEARD_SILENCE
    tail = sample.audio[-HEARD_SILENCE // 2 :].astype(np.float64)
    assert 5 < np.sqrt(np.mean(np.square(tail))) < 40


def test_turns_of_a_meeting_leave_out_those_that_others_speak_into(spoken: RenderedSpeech) -> None:
    vad, _ = load_models()
    audio = np.zeros(14 * HEARD_RATE, np.float32)

    def say(at_s: float) -> Segment:
        first = round(at_s * HEARD_RATE)
        audio[first : first + spoken.audio.size] += spoken.audio
        return Segment("ann", at_s, at_s + spoken.audio.size / HEARD_RATE)

    first, second, third = say(0.5), say(4.0), say(10.0)
    segments = (first, second, third, Segment("ben", 10.2, 10.6))
    found = list(samples_of_meeting(Meeting("trn", audio, segments), vad))
    assert [each.silence for each in found] == [Silence.OWN, Silence.END]
    assert found[0].pause_ms == pytest.approx((second.begin_s - first.end_s) * 1000)


def test_a_piece_that_is_cut_out_ends_without_a_click(spoken: RenderedSpeech) -> None:
    cut = spoken.audio[: spoken.audio.size // 2]
    piece = faded(cut)
    assert 0 < piece.size <= cut.size
    assert abs(piece[-1]) < 1e-3


@pytest.mark.parametrize("audio", [np.zeros(0, np.float32), np.zeros(3, np.float32)])
def test_a_piece_without_sound_still_has_a_length_and_words(audio: Samples) -> None:
    piece = faded(audio)
    assert piece.size > 0
    assert len(words_in("um so", np.arange(piece.size))) == 2
