"""What a case may do to the Gateway that it is run against, be it the simulator or the real one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from openclaw_client.node.commands import PLUGIN_ID
from simulators.gateway import GatewaySimulator
from testing.real_gateway import RealGateway
from testing.real_gateway.chat_completions import flat_text
from testing.real_gateway.config import NODE_COMMANDS
from testing.telegram import TelegramStandIn
from tests.contract.gateway.directed_agent import DirectedAgent, Holds
from tests.contract.gateway.probe import Probe, connect_params, knock

AGENTS = ("main", "jarvis", "sage", "ailing")
"""``ailing`` is for cases after which the Gateway refuses an agent's model for a while."""
REMEMBERING = "sage"
"""The agent that has the tool ``memory_search``."""
MEMORY_CONFIG = {
    "memory": {"search": {"provider": "none"}},
    "agents": {
        "entries": {
            REMEMBERING: {
                "tools": {"profile": "minimal", "alsoAllow": [PLUGIN_ID, "memory_search"]}
            }
        }
    },
}
"""The part of ``openclaw.json`` for cases about memory: full text, without an embedding model."""
FROM_ELSEWHERE = {"X-Forwarded-For": "203.0.113.9"}
"""Through a trusted proxy, as if from another machine."""


class Gateway(Protocol):
    """One Gateway with agents that obey directives (real_gateway/directives.py)."""

    @property
    def url(self) -> str: ...

    @property
    def token(self) -> str: ...

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one of ours."""

    async def held(self, message: str) -> None:
        """Until the model stands still in its answer to that message (``#hold``)."""

    def release(self) -> None:
        """Let all models go on that stand still."""

    def times_asked(self, message: str) -> int:
        """How often the model was asked with a message that holds this."""

    def told_with(self, message: str) -> str:
        """What the model was last given with a message that holds this: the message, and what the
        Gateway adds to it. The system prompt is no part of it."""
        ...

    def messages(self, text: str) -> list[tuple[str, str, bool]]:
        """The messages with that text at the provider of the only channel: to whom, the text, and
        whether they make no sound."""
        ...

    def workspace(self, agent: str) -> Path:
        """The workspace of an agent; it may not exist yet."""
        ...

    async def look_into_memory(self, agent: str) -> None:
        """Let an agent's own tool search its memory once: OpenClaw then watches its files."""

    def person_writes(self, text: str) -> None:
        """The only recipient of the only channel writes to the default agent."""

    async def approve_device(self, request_id: str) -> None:
        """What the owner does by ``openclaw devices approve``."""

    async def stop(self) -> None:
        """End in good order."""

    async def kill(self) -> None:
        """End without a word."""

    async def start(self) -> None:
        """Again, on the same address, as another process."""

    def freeze(self) -> None:
        """Keep all connections open and say nothing any more, not even a pong."""

    def thaw(self) -> None: ...


class Simulated:
    """The simulator, with agents that obey the same directives as the real one's model."""

    speed = 20.0

    def __init__(
        self, simulator: GatewaySimulator, agents: Iterable[DirectedAgent], holds: Holds
    ) -> None:
        self.simulator = simulator
        self._agents = tuple(agents)
        self._holds = holds

    @property
    def url(self) -> str:
        return self.simulator.url

    @property
    def token(self) -> str:
        return self.simulator.token

    async def held(self, message: str) -> None:
        await self._holds.reached(message)

    def release(self) -> None:
        self._holds.release()

    def times_asked(self, message: str) -> int:
        return sum(message in words for agent in self._agents for words in agent.asked)

    def told_with(self, message: str) -> str:
        every = [words for agent in self._agents for words in agent.asked if message in words]
        sent = [run.message for run in self.simulator.runs if message in run.message]
        return "\n".join([every[-1], *sent[-1:]])

    def messages(self, text: str) -> list[tuple[str, str, bool]]:
        sent = self.simulator.channels.messages
        return [(each.to, each.text, each.silent) for each in sent if text in each.text]

    def workspace(self, agent: str) -> Path:
        return self.simulator.memory.workspace(agent)

    async def look_into_memory(self, agent: str) -> None:
        """It looks at the files with each search."""

    def person_writes(self, text: str) -> None:
        self.simulator.people.person_wrote("agent:main:main", "telegram", "42", text)

    async def approve_device(self, request_id: str) -> None:
        self.simulator.approve(request_id)

    async def stop(self) -> None:
        await self.simulator.shut_down()

    async def kill(self) -> None:
        await self.simulator.go_away()

    async def start(self) -> None:
        await self.simulator.come_back()

    def freeze(self) -> None:
        self.simulator.freeze()

    def thaw(self) -> None:
        self.simulator.thaw()


@asynccontextmanager
async def simulated(*, prompt_plugin: bool = False) -> AsyncIterator[Simulated]:
    """Its time flies; it forgives what cases do wrong on purpose."""
    holds = Holds()
    agents = [DirectedAgent(name, holds) for name in AGENTS]
    with TemporaryDirectory(prefix="workspaces-") as folder:
        async with GatewaySimulator(
            workspaces=Path(folder),
            agents=agents,
            strict=False,
            trusted_proxy=True,
            node_commands=NODE_COMMANDS,
            channels=["telegram"],
            prompt_plugin=prompt_plugin,
            memory_plugin=prompt_plugin,
            sleep=lambda seconds: asyncio.sleep(seconds / Simulated.speed),
            clock=FlyingClock(Simulated.speed),
        ) as simulator:
            yield Simulated(simulator, agents, holds)


class FlyingClock:
    """The event loop's clock, so many times as fast."""

    def __init__(self, speed: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._speed = speed

    def time(self) -> float:
        return self._loop.time() * self._speed

    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        return self._loop.call_later(delay / self._speed, callback)


class Real:
    """The genuine one."""

    speed = 1.0

    def __init__(self, gateway: RealGateway, provider: TelegramStandIn) -> None:
        self.gateway = gateway
        self._provider = provider
        self.url = gateway.url
        self.token = gateway.token

    async def held(self, message: str) -> None:
        request = await self.gateway.stub.request(message)
        await self.gateway.stub.wait_for(lambda: request.outcome == "held")

    def release(self) -> None:
        self.gateway.stub.release()

    def times_asked(self, message: str) -> int:
        return sum(message in request.prompt for request in self.gateway.stub.requests)

    def told_with(self, message: str) -> str:
        every = [each.body for each in self.gateway.stub.requests if message in each.prompt]
        given = [each for each in every[-1]["messages"] if each.get("role") != "system"]
        return "\n".join(map(flat_text, given))

    def messages(self, text: str) -> list[tuple[str, str, bool]]:
        sent = self._provider.sent
        return [(each.chat, each.text, each.silent) for each in sent if text in each.text]

    def workspace(self, agent: str) -> Path:
        return self.gateway.folder / "workspace" / agent

    async def look_into_memory(self, agent: str) -> None:
        session = f"agent:{agent}:main"
        async with let_in(self) as probe:
            await probe.end(await probe.turn(session, "Hello"))  # tools need a session
            params = {"name": "memory_search", "args": {"query": "x"}, "sessionKey": session}
            answer = await probe.call("tools.invoke", params)
            assert answer["ok"], answer

    def person_writes(self, text: str) -> None:
        self._provider.write(text)

    async def approve_device(self, request_id: str) -> None:
        await self.gateway.cli("devices", "approve", request_id)

    async def stop(self) -> None:
        await self.gateway.stop()

    async def kill(self) -> None:
        await self.gateway.kill()

    async def start(self) -> None:
        await self.gateway.start()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.gateway.pid is not None:
            os.kill(self.gateway.pid, number)


@asynccontextmanager
async def let_in(
    gateway: Gateway,
    *,
    headers: Mapping[str, str] | None = None,
    unread: int | None = None,
    **changes: Any,
) -> AsyncIterator[Probe]:
    """A connection that has said ``connect`` and was let in; by default as the bot's is."""
    async with knock(gateway.url, headers, unread=unread) as probe:
        probe.hello = await probe.call("connect", connect_params(gateway.token, **changes))
        assert probe.hello["type"] == "hello-ok", probe.hello
        yield probe
