"""An agent and a synthesizer that follow a script."""

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
    """Follows one script for each turn; the last one serves all further turns."""

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
class SynthesisFault:
    """``error`` is raised after so many chunks of a sentence's audio."""

    error: Exception
    after_chunks: int = 0


class FaultySynthesizer(FakeSynthesizer):
    """Speaks every sentence, except those with a fault."""

    def __init__(self, faults: dict[str, SynthesisFault] | None = None) -> None:
        super().__init__()
        self.faults = faults or {}
        self.asked: list[str] = []
        self.cut_off: list[str] = []

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        self.asked.append(text)
        fault = self.faults.get(text)
        chunks = 0
        try:
            if fault is not None and fault.after_chunks == 0:
                raise fault.error
            async for pcm in super().speak(text, voice):
                yield pcm
                chunks += 1
                if fault is not None and chunks == fault.after_chunks:
                    raise fault.error
        except (GeneratorExit, asyncio.CancelledError):
            self.cut_off.append(text)
            raise
