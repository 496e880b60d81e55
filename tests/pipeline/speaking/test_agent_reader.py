"""The queue of sentences, and the reader that fills it from an agent's deltas."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import AgentLost
from pipeline.ports import AgentTurn
from pipeline.speaking.agent_reader import AgentReader, QueuedSentence, SentenceQueue
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.thinking_sound import ThinkingSound
from testing.room import ANN, FakePlayback
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
    await asyncio.wait_for(task, 1)
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
