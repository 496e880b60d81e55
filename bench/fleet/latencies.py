"""How long a command, an agent's tool call, a message to a person and a memory take."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from bench.fleet.stage import AGENT, BenchNode, Fleet
from fleet.session_notices import SessionNotices
from openclaw_client import OpenClawError
from openclaw_client.node.tool_names import tool_prefix
from testing.waiting import eventually

_MESSAGE_EVERY_S: Final = 1.2
"""The Gateway sends one message a second to a chat; faster ones would measure that limit."""
_FOUND_WITHIN_S: Final = 60.0
_POLL_S: Final = 0.25
"""Between two searches; with many at a time OpenClaw indexes later."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """The measurements of one thing, or why there are none."""

    what: str
    ms: tuple[float, ...] = ()
    skipped: str = ""

    def percentile(self, share: float) -> float:
        """The value that this share of the measurements does not exceed."""
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def as_json(self) -> dict[str, Any]:
        if not self.ms:
            return {"what": self.what, "skipped": self.skipped}
        return {
            "what": self.what,
            "n": len(self.ms),
            "p50_ms": round(self.percentile(0.5), 1),
            "p95_ms": round(self.percentile(0.95), 1),
            "max_ms": round(max(self.ms), 1),
        }


@dataclass(slots=True)
class LatencyRun:
    """Measures with one node; ``times`` is the number of measurements of what is quick."""

    fleet: Fleet
    times: int
    messages: int
    results: list[Latencies] = field(default_factory=list)

    async def run(self) -> list[Latencies]:
        workspace = self.fleet.gateway.workspace()
        (workspace / "memory").mkdir(parents=True, exist_ok=True)
        memory = {"folder": str(workspace)}
        node = await self.fleet.add("latency", memory=memory)
        await self.fleet.approve()
        await eventually(lambda: node.node.checked, 30.0)
        await self._commands(node)
        await self._tool_calls(node)
        await self._lines(node)
        await self._messages(node)
        await self._memory(node)
        return self.results

    async def _measure(
        self, what: str, times: int, act: Callable[[int], Awaitable[object]]
    ) -> None:
        """Time ``act`` one after the other; the first call, which warms up, does not count."""
        clock, taken = asyncio.get_running_loop().time, []
        try:
            for number in range(times + 1):
                began = clock()
                await act(number)
                taken.append(1000 * (clock() - began))
        except (OpenClawError, TimeoutError) as error:
            why = str(error) or "it was not there in time"
            self.results.append(Latencies(what, skipped=why))
            return
        self.results.append(Latencies(what, tuple(taken[1:])))

    async def _commands(self, node: BenchNode) -> None:
        async def invoke(number: int) -> None:
            await self.fleet.owner.invoke_node(
                node.id, "system.info", {}, session_key=_session(number), within_s=10.0
            )

        await self._measure("a command (node.invoke)", self.times, invoke)

    async def _tool_calls(self, node: BenchNode) -> None:
        connection = await self.fleet.connection()
        tool = f"{tool_prefix(node.node.name)}system_info"

        async def call(number: int) -> None:
            params = {"name": tool, "args": {}, "sessionKey": _session(0)}
            answer = await connection.request("tools.invoke", params)
            if not answer.get("ok"):
                raise OpenClawError(str(answer.get("error")))

        await self._measure("an agent's tool call (tools.invoke)", self.times, call)

    async def _lines(self, node: BenchNode) -> None:
        taken = asyncio.Event()

        async def send(event: str, payload: dict[str, Any]) -> None:
            await node.node.send_event(event, payload)
            taken.set()

        notices = SessionNotices(node.member.outbox, send)

        async def post(number: int) -> None:
            taken.clear()
            await notices.post(_session(number // 15), "bench", "bench", f"line {number}")
            await taken.wait()

        await self._measure("a line for a session (disk, node.event)", self.times, post)

    async def _messages(self, node: BenchNode) -> None:
        """From `People.tell`, over the queue on disk, to the provider and to the Gateway's
        answer."""
        loop = asyncio.get_running_loop()
        sent = self.fleet.owner.send_to_channel
        answered: list[float] = []

        async def send(channel: str, to: str, text: str, *, key: str, silent: bool) -> None:
            await sent(channel, to, text, key=key, silent=silent)
            answered.append(loop.time())

        people = node.member.people
        people.ways.send = send
        at_provider, at_answer = [], []
        for number in range(self.messages + 1):
            began, text = loop.time(), f"message {number:03} {uuid.uuid4().hex[:8]}"
            await people.tell(text, "high")
            await node.member.outbox.empty()
            (arrived,) = [each for each in self.fleet.gateway.arrived() if text in each.text]
            if number and arrived.at is not None:
                at_provider.append(1000 * (arrived.at - began))
            if number:
                at_answer.append(1000 * (answered[-1] - began))
            await asyncio.sleep(_MESSAGE_EVERY_S)
        if at_provider:
            what = "a message to a person, until the provider has it"
            self.results.append(Latencies(what, tuple(at_provider)))
        self.results.append(
            Latencies("a message to a person, until the Gateway has answered", tuple(at_answer))
        )

    async def _memory(self, node: BenchNode) -> None:
        """From an agent's command, over the queue on disk and the file, to a search that finds
        it."""
        what = "a memory, until memory.search finds it"
        try:
            await self.fleet.gateway.look_into_memory(self.fleet.owner)
        except OpenClawError as error:
            self.results.append(Latencies(what, skipped=str(error)))
            return
        connection = await self.fleet.connection()

        async def remember(number: int) -> None:
            mark = f"pelican{uuid.uuid4().hex[:10]}"
            await self.fleet.owner.invoke_node(
                node.id,
                "memory.remember",
                {"text": f"The {mark} is number {number}."},
                session_key=_session(number),
                within_s=10.0,
            )
            async with asyncio.timeout(_FOUND_WITHIN_S):
                while True:
                    found = await connection.request(
                        "memory.search", {"query": mark, "agentId": AGENT}
                    )
                    if found["results"]:  # a long line is not whole in the snippet
                        return
                    await asyncio.sleep(_POLL_S)

        await self._measure(what, self.messages, remember)


def _session(number: int) -> str:
    """A session of the owner; several, because a node limits the commands of each."""
    return f"agent:{AGENT}:main" if not number else f"agent:{AGENT}:main:thread:bench-{number % 20}"
