"""A `Floor` between fakes, for tests of the floor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from pipeline.events import ReplyEnded, RoomEvent
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Persona, Speaker, Voice
from pipeline.settings import PipelineSettings
from pipeline.speaking.floor import Floor
from pipeline.speaking.reply import ReplyVoice
from pipeline.transcript import Transcript
from testing.room import ANN, JARVIS, FakeLoudspeaker
from testing.waiting import within
from tests.pipeline.speaking.scripts import FaultySynthesizer, ScriptedAgent, Step

T = TypeVar("T")

STORY = "Once upon a time there was a village by the sea."


class FloorRoom:
    """A `Floor` between fakes, with a tick every 20 ms. Use it as an async context manager."""

    def __init__(
        self,
        *scripts: list[Step],
        voice: FaultySynthesizer | None = None,
        settings: PipelineSettings | None = None,
        trouble: Callable[[Voice], str] = lambda _: "",
    ) -> None:
        self.clock = asyncio.get_running_loop().time
        self.agent = ScriptedAgent(*scripts)
        self.voice = voice or FaultySynthesizer()
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.transcript = Transcript()
        self.events: list[RoomEvent] = []
        self.floor = Floor(
            settings or PipelineSettings(),
            self.agent,
            ReplyVoice(self.voice, self.loudspeaker, trouble),
            self.transcript,
            self.clock,
            self.events.append,
        )

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self.floor.run()),
            asyncio.create_task(self._tick()),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            self.floor.tick(self.clock())

    def ask(
        self,
        text: str,
        speaker: Speaker = ANN,
        persona: Persona = JARVIS,
        language: str | None = None,
        *,
        by_name: bool = False,
    ) -> None:
        turn = AgentTurn(persona.agent, text, speaker, language=language, by_name=by_name)
        self.floor.generate_reply(turn, persona, TurnLatency())

    async def ended(self, count: int = 1) -> ReplyEnded:
        """Wait for the end of that reply, counted from 1."""
        async with within(600, f"the end of reply {count}", seen=lambda: self.events):
            while len(self.all(ReplyEnded)) < count:  # noqa: ASYNC110 - in virtual time
                await asyncio.sleep(0.02)
        return self.all(ReplyEnded)[count - 1]

    async def began(self) -> None:
        """Wait until listeners hear the answer of a reply."""
        async with within(600, "the sound of a reply", seen=lambda: self.events):
            while not self.floor.answer_audible:  # noqa: ASYNC110 - virtual time costs nothing
                await asyncio.sleep(0.02)

    def all(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]
