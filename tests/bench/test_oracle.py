"""The oracle: the words of the audio it is given, as they would be written down."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from bench.conversation.oracle import (
    CachedTurnModel,
    OracleModels,
    RecordedStream,
    TranscriptStyle,
    end_of,
    within,
    written,
)
from bench.conversation.rendering import Word, mixed
from pipeline.audio import Samples
from pipeline.errors import Superseded
from pipeline.listening.audio_input import AudioInput
from testing.room import FakeVad
from virtual_time import VirtualTimeLoop

WORDS = (Word("Jarvis,", 1000, 5000), Word("um", 5000, 6000), Word("stop", 6000, 9000))


class Model:
    asked = 0

    def probability(self, audio: Samples) -> float:
        self.asked += 1
        return float(audio.size)


def recording() -> RecordedStream:
    audio = mixed(16_000, [], seed=3)
    return RecordedStream(audio, WORDS, audio.tobytes())


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("I was wondering", "I was wondering."),
        ("Jarvis, what is the", "Jarvis, what is the?"),
        ("Um, what time is it?", "what time is it?"),
        ("Uh huh.", "Uh huh."),
        ("So, uh", "So."),
        ("Hello. What is", "Hello. What is?"),
        ("um", ""),
        ("", ""),
    ],
)
def test_whisper_leaves_out_fillers_and_closes_every_text(said: str, text: str) -> None:
    assert written(said.split(), TranscriptStyle.WHISPER) == text
    assert written(said.split(), TranscriptStyle.SPOKEN) == said
    assert written(said.split(), TranscriptStyle.NOTHING) == ""


def test_a_stretch_of_audio_is_found_in_its_stream() -> None:
    stream = recording()
    assert end_of(stream.audio[2000:7001], stream.sent) == 7001
    assert end_of(mixed(4000, [], seed=4), stream.sent) is None
    assert end_of(stream.audio[:0], stream.sent) is None


def test_a_word_counts_where_half_of_it_lies() -> None:
    assert [word.text for word in within(WORDS, 2999, 7400)] == ["Jarvis,", "um"]
    assert [word.text for word in within(WORDS, 3001, 7500)] == ["um", "stop"]


def test_the_turn_model_is_asked_once_about_the_same_audio() -> None:
    model = Model()
    cache = CachedTurnModel(model)
    audio = np.zeros(100, np.float32)
    assert cache.probability(audio) == cache.probability(audio.copy()) == 100.0
    assert model.asked == 1


async def heard(writing: TranscriptStyle) -> tuple[str, float]:
    clock = asyncio.get_running_loop().time
    stream = recording()
    models = OracleModels(
        AudioInput(FakeVad(), clock), Model(), [stream], writing, turn_ms=30, stt_ms=80
    )
    began = clock()
    found = await models.transcribe(1, stream.audio[:7000], language=None, final=True)
    return found.text, (clock() - began) * 1000


def test_words_take_their_time_and_may_fail() -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        text, took_ms = runner.run(heard(TranscriptStyle.SPOKEN))
        assert text == "Jarvis, um"
        assert took_ms == pytest.approx(80)
        with pytest.raises(Superseded):
            runner.run(heard(TranscriptStyle.NOTHING))
