"""An agent's answer read into a manuscript, with its silences."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import AgentLost
from pipeline.ports import AgentTurn
from pipeline.speaking.agent_reader import AgentReader
from pipeline.speaking.sentence_queue import SentenceQueue
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.thinking_sound import ThinkingSound
from testing.room import ANN, FakePlayback
from tests.pipeline.speaking.scripts import ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time


TURN = AgentTurn("jarvis", "Jarvis, how are you?", ANN)


class Desk:
    """An `AgentReader` with all that it needs, and what came of it, at which second."""

    def __init__(self, *script: Step) -> None:
        self.clock = asyncio.get_running_loop().time
        self.agent = ScriptedAgent(list(script))
        self.manuscript = SentenceQueue()
        self.log: list[tuple[str, float]] = []
        self._began = self.clock()
        thinking = ThinkingSound(0.0, lambda: FakePlayback(self.clock), lambda: 0.0)
        self.cutter = SentenceCutter()
        self.writing = AgentReader(
            self.agent.reply(TURN),
            self.cutter,
            self.manuscript,
            thinking,
            [(0.7, lambda: self.note("bridge")), (4.0, lambda: self.note("second bridge"))],
            lambda: self.note("begun"),
        )

    def note(self, what: str) -> None:
        self.log.append((what, round(self.clock() - self._began, 2)))


async def test_deltas_become_sentences() -> None:
    desk = Desk("I am ", "fine. And ", "you?")
    await desk.writing.run()
    assert desk.manuscript.left() == ["I am fine.", "And you?"]
    assert [what for what, _ in desk.log] == ["begun"] * 3, "no silence to be bridged"


async def test_each_silence_before_the_first_word_is_bridged_once() -> None:
    desk = Desk(5.0, "I am fine. ", 60.0, "And you?")
    await desk.writing.run()
    assert desk.log == [
        ("bridge", 0.7),
        ("second bridge", 4.0),
        ("begun", 5.0),
        ("begun", 65.0),
    ]


async def test_a_pause_after_a_whole_sentence_gives_it_out() -> None:
    desk = Desk("One moment.", 30.0)
    task = asyncio.create_task(desk.writing.run())
    await asyncio.sleep(0.3)
    assert desk.manuscript.left() == ["One moment."]
    await task


async def test_an_error_ends_the_manuscript_too() -> None:
    desk = Desk("I am fine. And ", AgentLost("the connection broke"))
    with pytest.raises(AgentLost):
        await desk.writing.run()
    assert desk.manuscript.left() == ["I am fine."]
    assert await desk.manuscript.next() is not None
    assert await desk.manuscript.next() is None


async def test_cancelling_it_aborts_the_agent() -> None:
    desk = Desk("I am fine. ", 60.0)
    task = asyncio.create_task(desk.writing.run())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desk.agent.aborted == [TURN]


async def test_reasoning_that_is_found_late_is_not_read_any_more() -> None:
    desk = Desk("They ask. Hm. So ", 1.0, "it is.</think>\n\nI am ", "fine.")
    task = asyncio.create_task(desk.writing.run())
    await asyncio.sleep(0.5)
    assert desk.manuscript.left() == ["They ask.", "Hm."]
    await task
    assert desk.manuscript.left() == ["I am fine."]


async def test_a_first_question_is_put_down_before_the_next_delta() -> None:
    desk = Desk("What can I do for you?", 0.1, " I am here.")
    task = asyncio.create_task(desk.writing.run())
    await asyncio.sleep(0.05)
    assert desk.manuscript.left() == ["What can I do for you?"]
    await task


async def test_a_very_long_delta_lets_others_have_their_turn_in_between() -> None:
    turns = 0

    async def another_room() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(another_room())
    await Desk("It is late. " * 2000).writing.run()
    other.cancel()
    assert turns > 20


async def test_of_an_answer_that_breaks_off_it_is_kept_what_speech_left_out() -> None:
    desk = Desk("See [this](https://a.org). ```\nx = 1\n", AgentLost("the connection broke"))
    with pytest.raises(AgentLost):
        await desk.writing.run()
    assert desk.manuscript.left() == ["See this."]
    assert desk.cutter.left_out == ["[this](https://a.org)", "```\nx = 1\n```"]
