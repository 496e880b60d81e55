"""The synthesis and the playback of a reply: lengths, and errors of the voice."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.ports import Voice
from testing.room import FakePlayback
from tests.pipeline.speaking.reply_scene import BROKEN, ReplyScene
from tests.pipeline.speaking.scripts import FaultySynthesizer, ScriptedAgent, SynthesisFault

pytestmark = pytest.mark.virtual_time


class OddVoice(FaultySynthesizer):
    """Speaks in chunks whose length in ms is no round number, as they come over a network."""

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.spoken.append((voice.name, text))
        for _ in range(60):
            yield np.full(733, 5000, np.int16)


class SampleCountingPlayback(FakePlayback):
    """Knows what it has played by counting samples, as the one on Discord does."""

    samples = 0

    def feed(self, pcm: Pcm16) -> None:
        super().feed(pcm)
        self.samples += pcm.size

    @property
    def played_ms(self) -> float:
        return self.samples * 1000 / SPOKEN_RATE if self._done.is_set() else super().played_ms


async def test_the_last_word_of_a_fully_played_reply_was_heard() -> None:
    scene = ReplyScene(ScriptedAgent(["And how are you today?"]), OddVoice())
    playback = SampleCountingPlayback(scene.clock)
    scene.loudspeaker.open = lambda: playback  # type: ignore[method-assign]
    await scene.reply.run()
    assert scene.heard == "And how are you today?"


@pytest.mark.parametrize("after_chunks", [0, 3])
async def test_a_failed_sentence_is_kept_and_the_answer_continues(
    after_chunks: int,
) -> None:
    fault = SynthesisFault(BROKEN, after_chunks)
    voice = FaultySynthesizer({"The second is not.": fault})
    agent = ScriptedAgent(["The first is heard. The second is not. ", "The third is again."])
    scene = ReplyScene(agent, voice)
    await scene.reply.run()
    outcome = scene.reply.outcome
    assert outcome.unspoken == ["The second is not."]
    assert outcome.unspoken_error == "the speech server answered 500"
    assert outcome.unspoken_reason == "it reported an error"
    assert scene.heard == "The first is heard. The third is again."
    assert outcome.text == "The first is heard. The second is not. The third is again."
    assert outcome.failure is None


async def test_a_failed_first_sentence_does_not_silence_the_rest() -> None:
    voice = FaultySynthesizer({"One.": SynthesisFault(BROKEN), "Three.": SynthesisFault(BROKEN)})
    scene = ReplyScene(ScriptedAgent(["One. Two. Three. Four."]), voice)
    await scene.reply.run()
    assert scene.reply.outcome.unspoken == ["One.", "Three."]
    assert scene.heard == "Two. Four."
    assert scene.reply.outcome.text == "One. Two. Three. Four."


async def test_an_unexpected_error_of_the_voice_loses_no_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    voice = FaultySynthesizer({"I am fine.": SynthesisFault(ZeroDivisionError("by nought"))})
    scene = ReplyScene(ScriptedAgent(["I am fine. And you?"]), voice)
    await scene.reply.run()
    outcome = scene.reply.outcome
    assert outcome.unspoken == ["I am fine."]
    assert "ZeroDivisionError" in outcome.unspoken_error
    assert outcome.unspoken_reason == "", "an unexpected error has no reason for people"
    assert scene.heard == "And you?"
    (logged,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.exc_info is not None


async def test_an_expected_error_of_the_voice_is_a_warning_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    voice = FaultySynthesizer({"I am fine.": SynthesisFault(BROKEN)})
    await ReplyScene(ScriptedAgent(["I am fine."]), voice).reply.run()
    (logged,) = caplog.records
    assert (logged.levelno, logged.exc_info) == (logging.WARNING, None)
    assert "I am fine" not in caplog.text, "what is said does not get into the log"
