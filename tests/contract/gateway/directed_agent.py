"""An agent of the simulator that obeys the directives which the real Gateway's stub model obeys."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from simulators.gateway import Failure, Pause, RunFault, ScriptedAnswer, ToolUse
from simulators.gateway.agents import Memory
from testing.real_gateway.directives import TOOL_RESULT_LEAD as LEAD
from testing.real_gateway.directives import DirectedReply, read_directives
from testing.waiting import within


class Holds:
    """Where the agents stand still in their answers."""

    def __init__(self) -> None:
        self._pauses: dict[str, Pause] = {}
        self._added = asyncio.Event()

    def add(self, message: str, after_words: int) -> Pause:
        pause = Pause(after_words, flush=False)
        self._pauses[message] = pause
        self._added.set()
        return pause

    async def reached(self, message: str, timeout_s: float = 10.0) -> None:
        """Until an agent stands still in its answer to a message that holds this."""
        async with within(timeout_s, f"an answer to {message!r}", seen=lambda: list(self._pauses)):
            while (pause := self._find(message)) is None:
                self._added.clear()
                await self._added.wait()
            await pause.reached.wait()

    def release(self) -> None:
        for pause in self._pauses.values():
            pause.resume()
        self._pauses.clear()

    def _find(self, message: str) -> Pause | None:
        found = (pause for said, pause in self._pauses.items() if message in said)
        return next(found, None)


@dataclass(slots=True)
class DirectedAgent:
    id: str
    holds: Holds
    asked: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.id.capitalize()

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        reply = read_directives(words, self.id)
        self.asked.append(words)
        fault, tool = self._fault(words, reply), None
        if reply.tool is not None:
            arguments = json.loads(reply.tool.arguments)
            tool = ToolUse(reply.tool.name, arguments, lambda result: ScriptedAnswer(LEAD + result))
        return ScriptedAnswer(reply.text, reply.first_s, reply.between_words_s, fault, tool)

    def _fault(self, words: str, reply: DirectedReply) -> RunFault | None:
        if reply.error_status is not None:
            return RunFault(failure=_provider_failure(self.id, reply.error_status))
        if reply.cut_after_words is not None:
            return RunFault(break_after_words=reply.cut_after_words)
        if reply.hold_after_words is not None:
            return RunFault(pause=self.holds.add(words, reply.hold_after_words))
        return None


def _provider_failure(agent: str, status: int) -> Failure:
    """In the words of OpenClaw for a provider that answers 401."""
    model = f"stub-{agent}/{agent}"
    return Failure(
        f"⚠️ {model} request failed (authentication failed, HTTP {status}). Re-authenticate the "
        "provider and try again.",
        detail={"provider": f"stub-{agent}", "model": agent, "failoverReason": "auth"},
    )
