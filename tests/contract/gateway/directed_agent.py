"""An agent of the simulator that obeys the directives which the real Gateway's stub model obeys."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from openclaw_client.simulator import Pause, RunFault, Speech, ToolUse
from openclaw_client.simulator.agents import Memory
from tests.real_gateway.directives import TOOL_RESULT_LEAD, Reply, read_directives


@dataclass(slots=True)
class DirectedAgent:
    id: str
    _asked: list[str] = field(default_factory=list)
    _pauses: list[tuple[str, Pause]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.id.capitalize()

    def speak(self, words: str, memory: Memory) -> Speech:
        reply = read_directives(words, self.id)
        self._asked.append(words)
        return Speech(
            reply.text,
            reply.first_s,
            reply.between_words_s,
            self._fault(words, reply),
            _tool(reply),
        )

    def times_asked(self, message: str) -> int:
        return sum(message in words for words in self._asked)

    def pause_reached(self, message: str) -> bool:
        """Whether it stands still in its answer to that message."""
        return any(message in words and pause.reached.is_set() for words, pause in self._pauses)

    def release(self) -> None:
        for _, pause in self._pauses:
            pause.resume()
        self._pauses.clear()

    def _fault(self, words: str, reply: Reply) -> RunFault | None:
        if reply.error_status is not None:
            return RunFault(error=f"HTTP {reply.error_status}")
        if reply.cut_after_words is not None:
            return RunFault(break_after_words=reply.cut_after_words)
        if reply.hold_after_words is not None:
            pause = Pause(reply.hold_after_words)
            self._pauses.append((words, pause))
            return RunFault(pause=pause)
        return None


def _tool(reply: Reply) -> ToolUse | None:
    """The tool that the model asks for; through ``tool_call``, as a Gateway of default settings
    offers them."""
    if reply.tool is None:
        return None
    name, arguments = reply.tool.name, json.loads(reply.tool.arguments)
    if name == "tool_call":
        name, arguments = arguments["id"], arguments["args"]
    return ToolUse(name, arguments, then=lambda result: TOOL_RESULT_LEAD + result)
