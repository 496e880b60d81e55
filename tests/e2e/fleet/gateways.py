"""The Gateway of the fleet's scenes, simulated or, with ``--gateway=real``, the genuine one.

Its agent follows a script: from what it was told to what it answers, perhaps by a tool.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

from openclaw_client.node.commands import PLUGIN_ID
from openclaw_client.node.settings import COMMANDS
from simulators.gateway import GatewaySimulator, ScriptedAnswer, ToolUse
from simulators.gateway.agents import Memory
from testing.real_gateway import DirectedReply, RealGateway, ToolCall, real_gateway
from testing.real_gateway.chat_completions import flat_text, tool_result
from testing.real_gateway.config import merged
from testing.real_gateway.stub_model import ModelRequest
from testing.telegram import TelegramStandIn, telegram, telegram_config

AGENT = "jarvis"
Script: TypeAlias = Callable[[str], ScriptedAnswer]
"""What the agent answers; it gets the message with what the Gateway added to it."""
_POLICY = {"profile": "minimal", "alsoAllow": [PLUGIN_ID, "memory_search"]}


class SceneGateway(Protocol):
    """What a scene needs of it."""

    @property
    def url(self) -> str: ...

    @property
    def token(self) -> str: ...

    @property
    def workspace(self) -> Path:
        """The agent's."""
        ...

    @property
    def script(self) -> Script: ...

    @script.setter
    def script(self, script: Script) -> None: ...

    def sent(self) -> list[str]:
        """The messages that Telegram got, the oldest first."""
        ...

    async def approve(self, node_id: str) -> None:
        """Approve a node's commands, as soon as they wait for that."""
        ...

    async def stop(self) -> None: ...

    async def start(self) -> None: ...


class _Scripted:
    """The simulator's agent."""

    id = AGENT
    name = "Jarvis"

    def __init__(self) -> None:
        self.script: Script = lambda _: ScriptedAnswer("Very well, sir.")

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        return self.script(words)


class _SimulatedScene:
    def __init__(self, gateway: GatewaySimulator, agent: _Scripted) -> None:
        self._gateway = gateway
        self._agent = agent
        self.url, self.token = gateway.url, gateway.token
        self.workspace = gateway.memory.workspace(AGENT)

    @property
    def script(self) -> Script:
        return self._agent.script

    @script.setter
    def script(self, script: Script) -> None:
        self._agent.script = script

    def sent(self) -> list[str]:
        return [each.text for each in self._gateway.channels.messages]

    async def approve(self, node_id: str) -> None:
        nodes = self._gateway.nodes
        await self._gateway.wait_for(
            lambda: node_id in nodes.all and nodes.all[node_id].pending is not None, 20.0
        )
        pending = nodes.all[node_id].pending
        assert pending is not None
        self._gateway.approve_node(pending)

    async def stop(self) -> None:
        await self._gateway.shut_down()

    async def start(self) -> None:
        await self._gateway.come_back()


class _RealScene:
    def __init__(self, gateway: RealGateway, provider: TelegramStandIn) -> None:
        self._gateway = gateway
        self._provider = provider
        self._script: Script = lambda _: ScriptedAnswer("Very well, sir.")
        gateway.stub.script = self._answer
        self.url, self.token = gateway.url, gateway.token
        self.workspace = gateway.folder / "workspace" / AGENT

    @property
    def script(self) -> Script:
        return self._script

    @script.setter
    def script(self, script: Script) -> None:
        self._script = script

    def _answer(self, request: ModelRequest) -> DirectedReply:
        said = [each for each in request.body["messages"] if each.get("role") == "user"]
        answer = self._script("\n".join(map(flat_text, said[-2:])))
        if answer.tool is None:
            return DirectedReply(answer.text)
        result = tool_result(request.body["messages"])
        if result is not None:
            return DirectedReply(answer.tool.then(result).text)
        arguments = json.dumps(answer.tool.arguments)
        return DirectedReply("", tool=ToolCall(answer.tool.name, arguments))

    def sent(self) -> list[str]:
        return [each.text for each in self._provider.sent]

    async def approve(self, node_id: str) -> None:
        requests: list[str] = []
        while not requests:
            listed = await self._gateway.call("node.pair.list")
            rows = listed["pending"]
            requests = [row["requestId"] for row in rows if row["nodeId"] == node_id]
        await self._gateway.cli("nodes", "approve", requests[0])

    async def stop(self) -> None:
        await self._gateway.stop()

    async def start(self) -> None:
        await self._gateway.start()


@asynccontextmanager
async def scene_gateway(folder: Path, *, real: bool) -> AsyncIterator[SceneGateway]:
    """One Gateway, while the body runs."""
    if real:
        async with telegram() as provider:
            extra = {
                "memory": {"search": {"provider": "none"}},
                "agents": {"entries": {AGENT: {"tools": _POLICY}}},
            }
            config = merged(telegram_config(provider.url), extra)
            async with real_gateway(agents=(AGENT,), extra_config=config) as gateway:
                yield _RealScene(gateway, provider)
        return
    agent = _Scripted()
    async with GatewaySimulator(
        agents=[agent], node_commands=COMMANDS, channels=["telegram"], workspaces=folder
    ) as simulator:
        yield _SimulatedScene(simulator, agent)


def uses(tool: str, arguments: dict[str, object], then: Callable[[str], str]) -> ScriptedAnswer:
    """The agent uses a tool, and says what ``then`` makes of its result."""
    return ScriptedAnswer(
        "", tool=ToolUse(tool, arguments, lambda seen: ScriptedAnswer(then(seen)))
    )
