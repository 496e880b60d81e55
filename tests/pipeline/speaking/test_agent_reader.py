"""The queue of sentences, the reader that fills it from an agent's deltas, the thinking sound."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pipeline.audio import SPOKEN_RATE, level_db
from pipeline.errors import AgentLost
from pipeline.ports import AgentTurn
from pipeline.settings import ReplySettings
from pipeline.speaking.agent_reader import (
    AgentReader,
    QueuedSentence,
    SentenceQueue,
    ThinkingSound,
    thinking_sound,
)
from pipeline.speaking.text_normalization import SentenceCutter
from testing.room import ANN, FakePlayback
from tests.pipeline.speaking.reply_scene import ReplyScene
from tests.pipeline.speaking.scripts import ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time


TURN = AgentTurn("jarvis", "Jarvis, how are you?", ANN)


class Reading:
    """An `AgentReader` between fakes, and a log of its calls with the second of each."""

    def __init__(self, *script: Step) -> None:
        self.clock = asyncio.get_running_loop().time
        self.agent = ScriptedAgent(list(script))
        self.sentences = SentenceQueue()
        self.log: list[tuple[str, float]] = []
        self._began = self.clock()
        thinking_sound = ThinkingSound(0.0, lambda: FakePlayback(self.clock), lambda: 0.0)
        self.cutter = SentenceCutter()
        self.reader = AgentReader(
            self.agent.reply(TURN),
            self.cutter,
            self.sentences,
            thinking_sound,
            [(0.7, lambda: self.note("bridge")), (4.0, lambda: self.note("second bridge"))],
            lambda: self.note("delta"),
        )

    def note(self, what: str) -> None:
        self.log.append((what, round(self.clock() - self._began, 2)))


# -- the queue -----------------------------------------------------------------------------------


async def test_the_reader_of_the_queue_waits_and_gets_sentences_in_order() -> None:
    queue = SentenceQueue()
    read: list[str] = []

    async def reader() -> None:
        while (sentence := await queue.next()) is not None:
            read.append(sentence.text)

    task = asyncio.create_task(reader())
    queue.put(QueuedSentence("one"))
    await asyncio.sleep(1)
    queue.put(QueuedSentence("two", "interjection"))
    queue.put(QueuedSentence("three"))
    queue.end()
    await asyncio.wait_for(task, 5)
    assert read == ["one", "two", "three"]


async def test_the_queued_answer_is_known_without_interjections() -> None:
    queue = SentenceQueue()
    for sentence in (
        QueuedSentence("one"),
        QueuedSentence("One moment.", "interjection"),
        QueuedSentence("two"),
    ):
        queue.put(sentence)
    first = await queue.next()
    assert first == QueuedSentence("one")
    assert queue.answer() == ["two"]
    queue.put_back(first)
    assert queue.answer() == ["one", "two"]
    assert await queue.next() == first


async def test_an_interjection_is_no_answer() -> None:
    queue = SentenceQueue()
    queue.put(QueuedSentence("One moment, please.", "interjection"))
    assert not queue.has_answer
    queue.put(QueuedSentence("It is late."))
    assert queue.has_answer


async def test_an_interjection_does_not_hide_the_answer() -> None:
    queue = SentenceQueue()
    queue.put(QueuedSentence("It is late."))
    queue.put(QueuedSentence("You are next, Ben.", "interjection"))
    assert queue.has_answer


async def test_a_dropped_answer_leaves_the_interjections() -> None:
    queue = SentenceQueue()
    for sentence in (
        QueuedSentence("one"),
        QueuedSentence("One moment.", "interjection"),
        QueuedSentence("two"),
    ):
        queue.put(sentence)
    queue.drop_answer()
    assert queue.answer() == []
    queue.put(QueuedSentence("three"))

    assert await queue.next() == QueuedSentence("One moment.", "interjection")
    assert await queue.next() == QueuedSentence("three")


# -- the reader ----------------------------------------------------------------------------------


async def test_deltas_become_sentences() -> None:
    reading = Reading("I am ", "fine. And ", "you?")
    await reading.reader.run()
    assert reading.sentences.answer() == ["I am fine.", "And you?"]
    assert [what for what, _ in reading.log] == ["delta"] * 3, "no silence to be bridged"


async def test_each_bridge_before_the_first_delta_is_called_once() -> None:
    reading = Reading(5.0, "I am fine. ", 60.0, "And you?")
    await reading.reader.run()
    assert reading.log == [
        ("bridge", 0.7),
        ("second bridge", 4.0),
        ("delta", 5.0),
        ("delta", 65.0),
    ]


async def test_a_pause_after_a_sentence_queues_it() -> None:
    reading = Reading("One moment.", 30.0)
    task = asyncio.create_task(reading.reader.run())
    await asyncio.sleep(0.3)
    assert reading.sentences.answer() == ["One moment."]
    await task


async def test_an_error_ends_the_queue_too() -> None:
    reading = Reading("I am fine. And ", AgentLost("the connection broke"))
    with pytest.raises(AgentLost):
        await reading.reader.run()
    assert reading.sentences.answer() == ["I am fine."]
    assert await reading.sentences.next() is not None
    assert await reading.sentences.next() is None


async def test_cancelling_it_aborts_the_agent() -> None:
    reading = Reading("I am fine. ", 60.0)
    task = asyncio.create_task(reading.reader.run())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert reading.agent.aborted == [TURN]


async def test_reasoning_that_is_detected_late_is_dropped() -> None:
    reading = Reading("They ask. Hm. So ", 1.0, "it is.</think>\n\nI am ", "fine.")
    task = asyncio.create_task(reading.reader.run())
    await asyncio.sleep(0.5)
    assert reading.sentences.answer() == ["They ask.", "Hm."]
    await task
    assert reading.sentences.answer() == ["I am fine."]


async def test_a_first_question_is_queued_before_the_next_delta() -> None:
    reading = Reading("What can I do for you?", 0.1, " I am here.")
    task = asyncio.create_task(reading.reader.run())
    await asyncio.sleep(0.05)
    assert reading.sentences.answer() == ["What can I do for you?"]
    await task


async def test_other_tasks_run_while_a_very_long_delta_is_cut() -> None:
    turns = 0

    async def another_room() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(another_room())
    await Reading("It is late. " * 2000).reader.run()
    other.cancel()
    assert turns > 20


async def test_a_broken_answer_keeps_the_text_that_speech_leaves_out() -> None:
    reading = Reading("See [this](https://a.org). ```\nx = 1\n", AgentLost("the connection broke"))
    with pytest.raises(AgentLost):
        await reading.reader.run()
    assert reading.sentences.answer() == ["See this."]
    assert reading.cutter.left_out == ["[this](https://a.org)", "```\nx = 1\n```"]


AFTER_2_S = ReplySettings(one_moment_after_s=0, thinking_sound_after_s=2.0)


async def sounds_in(*script: Step, settings: ReplySettings = AFTER_2_S) -> list[tuple[bool, float]]:
    """When the sound began (True) and ended, in seconds since the turn was asked."""
    scene = ReplyScene(ScriptedAgent(list(script)), settings=settings)
    await scene.reply.run()
    assert scene.heard == " ".join(scene.spoken)
    fills = [each for playback in scene.loudspeaker.playbacks for each in playback.fills]
    return [(on, round(at - scene.began, 1)) for on, at in fills]


async def test_the_thinking_sound_plays_until_the_first_word() -> None:
    assert await sounds_in(10.0, "I am fine. ") == [(True, 2.0), (False, 10.0)]


async def test_the_thinking_sound_plays_while_a_tool_runs_after_the_speech_has_been_heard() -> None:
    # "I look it up." is 13 letters: played from 0.0 to 0.8 s.
    (on, began), (off, ended) = await sounds_in("I look it up. ", 10.0, "It is sunny. ")
    assert (on, off) == (True, False)
    assert began == pytest.approx(2.8, abs=0.2)
    assert ended == pytest.approx(10.0, abs=0.1)


async def test_the_thinking_sound_ends_with_the_answer() -> None:
    (on, began), (off, ended) = await sounds_in("I look it up. ", 10.0)
    assert (on, off) == (True, False)
    assert began < 3.5
    assert ended == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize("script", [("I am fine. ", 1.5, "And you?"), (1.9, "I am fine.")])
async def test_a_quick_agent_does_not_start_the_thinking_sound(
    script: tuple[Step, ...],
) -> None:
    assert await sounds_in(*script) == []


async def test_the_thinking_sound_waits_until_the_fed_speech_has_been_played() -> None:
    # 49 letters take 2.9 s to be heard; the agent pauses for as long.
    assert (
        await sounds_in("Once upon a time there was a village by the sea. ", 3.0, "The end.") == []
    )


async def test_the_setting_turns_the_thinking_sound_off() -> None:
    settings = ReplySettings(one_moment_after_s=0, thinking_sound_after_s=0)
    assert await sounds_in(30.0, "I am fine.", settings=settings) == []


async def test_an_interruption_ends_the_thinking_sound() -> None:
    scene = ReplyScene(ScriptedAgent([60.0, "I am fine."]), settings=AFTER_2_S)
    task = asyncio.create_task(scene.reply.run())
    await asyncio.sleep(5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    playback = scene.loudspeaker.playbacks[0]
    assert isinstance(playback, FakePlayback)
    assert playback.log == ["cut"]
    assert not scene.reply.answer_audible
    await asyncio.sleep(10)
    assert [on for on, _ in playback.fills] == [True, False]


async def test_the_thinking_sound_is_quieter_than_speech_and_silent_at_both_ends() -> None:
    sound = thinking_sound()
    assert sound.dtype == np.int16
    assert 1.0 < sound.size / SPOKEN_RATE < 5.0
    assert sound[0] == sound[-1] == 0
    assert 20 * np.log10(np.abs(sound).max() / 32768) == pytest.approx(-36.0, abs=0.1)
    assert level_db(sound) < -40
