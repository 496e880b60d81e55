"""The Gateways of the benchmarks, simulated and real, with an agent that repeats given text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulators.gateway import GatewaySimulator, ScriptedAnswer
from simulators.gateway.agents import Memory
from testing.real_gateway import RealGateway, real_gateway


@dataclass(frozen=True, slots=True)
class _RepeatingAgent:
    """Repeats the text after `#say:`, as the scripted model of the real Gateway does."""

    id: str
    name: str
    first_token_s: float
    between_words_s: float

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        text = words.partition("#say:")[2].strip()
        return ScriptedAnswer(text, self.first_token_s, self.between_words_s)


class RestartableSimulator:
    """A `bench.fault_plan.RestartableGateway`."""

    agent_id = "jarvis"

    def __init__(self, simulator: GatewaySimulator) -> None:
        self.simulator = simulator
        self.token = simulator.token
        self.port = urlsplit(simulator.url).port or 0

    async def restart(self, *, orderly: bool, away_s: float) -> None:
        if orderly:
            await self.simulator.shut_down(restart_expected_ms=round(away_s * 1000))
        else:
            await self.simulator.go_away()
        try:
            await asyncio.sleep(away_s)
        finally:
            await self.simulator.come_back()


@asynccontextmanager
async def restartable_simulator(
    *, first_token_s: float = 0.3, between_words_s: float = 0.08
) -> AsyncIterator[RestartableSimulator]:
    """The simulator; ``ProtocolBroken`` at the end if a client broke the protocol."""
    agent = _RepeatingAgent("jarvis", "Jarvis", first_token_s, between_words_s)
    async with GatewaySimulator(agents=[agent]) as simulator:
        yield RestartableSimulator(simulator)


class RestartableRealGateway:
    """A `bench.fault_plan.RestartableGateway`: a real one (testing/real_gateway)."""

    agent_id = "jarvis"

    def __init__(self, gateway: RealGateway) -> None:
        self._gateway = gateway
        self.token = gateway.token
        self.port = gateway.port

    async def restart(self, *, orderly: bool, away_s: float) -> None:
        """The start alone takes 6 s and more."""
        if orderly:
            await self._gateway.stop()
        else:
            await self._gateway.kill()
        try:
            await asyncio.sleep(away_s)
        finally:
            await self._gateway.start()


@asynccontextmanager
async def restartable_real_gateway() -> AsyncIterator[RestartableRealGateway]:
    """A real OpenClaw Gateway, not warmed up.

    Raises:
        RealGatewayError: it cannot run here; the text says why.
    """
    async with real_gateway() as gateway:
        yield RestartableRealGateway(gateway)
