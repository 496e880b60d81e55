"""An agent and a voice that do as a script says, for tests of what stands around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from pipeline.audio import Pcm16
from pipeline.ports import AgentDelta, AgentTurn, Voice
from testing.room import FakeSynthesizer

Step = str | float | AgentDelta | BaseException
"""A delta, a pause in seconds, a delta that replaces, or an error that ends the answer."""


class ScriptedAgent:
    """Goes through one script a turn, and then through the last one again and again."""

    def __init__(self, *scripts: list[Step]) -> None:
        self.scripts = list(scripts)
        self.turns: list[AgentTurn] = []
        self.aborted: list[AgentTurn] = []

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        script = self.scripts[min(len(self.turns), len(self.scripts) - 1)]
        self.turns.append(turn)
        try:
            for step in script:
                if isinstance(step, BaseException):
                    raise step
                if isinstance(step, float):
                    await asyncio.sleep(step)
                else:
                    yield AgentDelta(step) if isinstance(step, str) else step
        except (GeneratorExit, asyncio.CancelledError):
            self.aborted.append(turn)
            raise


@dataclass(slots=True)
class Mishap:
    """``error`` after so many chunks of a sentence's audio."""

    error: Exception
    after_chunks: int = 0


class MishapSynthesizer(FakeSynthesizer):
    """Speaks, but for the sentences that a mishap is planned for."""

    def __init__(self, mishaps: dict[str, Mishap] | None = None) -> None:
        super().__init__()
        self.mishaps = mishaps or {}
        self.asked: list[str] = []
        self.cut_off: list[str] = []

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.asked.append(text)
        mishap = self.mishaps.get(text)
        chunks = 0
        try:
            if mishap is not None and mishap.after_chunks == 0:
                raise mishap.error
            async for pcm in super().speak(text, voice):
                yield pcm
                chunks += 1
                if mishap is not None and chunks == mishap.after_chunks:
                    raise mishap.error
        except (GeneratorExit, asyncio.CancelledError):
            self.cut_off.append(text)
            raise
