"""The audio of a reply: synthesis and playback, and the history of what was played."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.ports import Voice
from pipeline.speaking.sentence_speaker import PlaybackHistory
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


def ramp(ms: int, start: int = 0) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """48 kHz that rises by one every 20 ms, so that each frame can be recognised."""
    return np.repeat(np.arange(start, start + ms // 20), 960).astype(np.int16)


def play(history: PlaybackHistory, begin: float, frames: int, from_ms: float = 0.0) -> None:
    for frame in range(1, frames + 1):
        history.tick(begin + frame * 0.02, from_ms + frame * 20)


def test_played_audio_is_found_at_the_time_it_was_played() -> None:
    history = PlaybackHistory()
    history.feed(ramp(200, 1))
    play(history, 10.0, 5)
    assert [int(sample) for sample in history.audio(10.0, 10.1)[::320]] == [1, 2, 3, 4, 5]
    assert not history.audio(9.9, 10.0).any()
    assert not history.audio(10.1, 10.2).any(), "it was fed, and is not played yet"


def test_chunks_of_any_size_give_the_same_audio() -> None:
    whole, pieces = PlaybackHistory(), PlaybackHistory()
    sound = np.random.default_rng(1).integers(-900, 900, 9600).astype(np.int16)
    whole.feed(sound)
    for start in range(0, 9600, 733):
        pieces.feed(sound[start : start + 733])
    for each in (whole, pieces):
        play(each, 0.0, 10)
    assert np.array_equal(whole.audio(0.0, 0.2), pieces.audio(0.0, 0.2))


def test_a_held_reply_leaves_a_gap() -> None:
    history = PlaybackHistory()
    history.feed(ramp(400, 1))
    play(history, 10.0, 5)
    play(history, 10.5, 5, from_ms=100)
    heard = history.audio(10.0, 10.6)[::320].tolist()
    assert heard == [1, 2, 3, 4, 5] + [0] * 20 + [6, 7, 8, 9, 10]


def test_audio_that_was_rewound_is_there_twice() -> None:
    history = PlaybackHistory()
    history.feed(ramp(400, 1))
    play(history, 10.0, 5)
    history.tick(10.12, 40.0)
    play(history, 10.12, 3, from_ms=40)
    # One step late: the position is read in steps of 20 ms.
    assert history.audio(10.1, 10.16)[::320].tolist() == [3, 4, 5]


def test_ducked_audio_is_as_quiet_as_it_was_played() -> None:
    history = PlaybackHistory()
    history.feed(np.full(4800, 1000, np.int16))
    history.tick(10.02, 20.0)
    history.tick(10.04, 40.0, -20.0)
    history.tick(10.06, 60.0)
    assert history.audio(10.0, 10.06)[::320].tolist() == [1000, 100, 1000]


def test_the_next_reply_begins_at_its_own_start() -> None:
    history = PlaybackHistory()
    history.feed(ramp(200, 1))
    play(history, 10.0, 5)
    history.reply_began()
    history.feed(ramp(200, 50))
    play(history, 11.0, 2)
    assert history.audio(11.0, 11.04)[::320].tolist() == [50, 51]


def test_sounded_within_knows_the_last_played_audio() -> None:
    history = PlaybackHistory()
    assert not history.sounded_within(1.0, 5.0)
    history.feed(ramp(200))
    play(history, 10.0, 5)
    history.tick(10.5, 100.0)
    assert history.sounded_within(0.5, 10.5)
    assert not history.sounded_within(0.3, 10.5)


def test_long_replies_do_not_fill_the_memory() -> None:
    history = PlaybackHistory()
    for second in range(120):
        history.feed(ramp(1000))
        history.tick(second + 1.0, (second + 1) * 1000.0)
    assert sum(chunk.size for chunk in history._fed) < 20 * 16_000
