"""An agent's answer read into a manuscript, with its silences."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import AgentLost
from pipeline.manuscript import Manuscript
from pipeline.ports import AgentTurn
from pipeline.speech_text import SentenceCutter
from pipeline.thinking import Thinking
from pipeline.writing import Writing
from tests.pipeline.scripts import ScriptedAgent, Step
from tests.pipeline.talk import ANN, FakePlayback, in_virtual_time

TURN = AgentTurn("jarvis", "Jarvis, how are you?", ANN)


class Desk:
    """A `Writing` with all that it needs, and what came of it, with the seconds since it began."""

    def __init__(self, *script: Step) -> None:
        self.clock = asyncio.get_running_loop().time
        self.agent = ScriptedAgent(list(script))
        self.manuscript = Manuscript()
        self.log: list[tuple[str, float]] = []
        self._began = self.clock()
        thinking = Thinking(0.0, lambda: FakePlayback(self.clock), lambda: 0.0)
        self.writing = Writing(
            self.agent.reply(TURN),
            SentenceCutter(),
            self.manuscript,
            thinking,
            [(0.7, lambda: self.note("bridge")), (4.0, lambda: self.note("second bridge"))],
            lambda: self.note("begun"),
        )

    def note(self, what: str) -> None:
        self.log.append((what, round(self.clock() - self._began, 2)))


def test_deltas_become_sentences() -> None:
    async def scene() -> None:
        desk = Desk("I am ", "fine. And ", "you?")
        await desk.writing.run()
        assert desk.manuscript.left() == ["I am fine.", "And you?"]
        assert [what for what, _ in desk.log] == ["begun"] * 3, "no silence to be bridged"

    in_virtual_time(scene())


def test_each_silence_before_the_first_word_is_bridged_once() -> None:
    async def scene() -> None:
        desk = Desk(5.0, "I am fine. ", 60.0, "And you?")
        await desk.writing.run()
        assert desk.log == [
            ("bridge", 0.7),
            ("second bridge", 4.0),
            ("begun", 5.0),
            ("begun", 65.0),
        ]

    in_virtual_time(scene())


def test_a_pause_after_a_whole_sentence_gives_it_out() -> None:
    async def scene() -> None:
        desk = Desk("One moment.", 30.0)
        task = asyncio.create_task(desk.writing.run())
        await asyncio.sleep(0.3)
        assert desk.manuscript.left() == ["One moment."]
        await task

    in_virtual_time(scene())


def test_an_error_ends_the_manuscript_too() -> None:
    async def scene() -> None:
        desk = Desk("I am fine. And ", AgentLost("the connection broke"))
        with pytest.raises(AgentLost):
            await desk.writing.run()
        assert desk.manuscript.left() == ["I am fine."]
        assert await desk.manuscript.next() is not None
        assert await desk.manuscript.next() is None

    in_virtual_time(scene())


def test_cancelling_it_aborts_the_agent() -> None:
    async def scene() -> None:
        desk = Desk("I am fine. ", 60.0)
        task = asyncio.create_task(desk.writing.run())
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert desk.agent.aborted == [TURN]

    in_virtual_time(scene())
