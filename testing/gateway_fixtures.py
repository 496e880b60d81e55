"""Fixtures: a simulated Gateway whose agents stream word by word without pauses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from openclaw_client import OpenClawClient
from simulators.gateway import GatewaySimulator, default_agents
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, instantly


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def gateway(clock: ManualClock) -> AsyncIterator[GatewaySimulator]:
    """Every word is one delta; ticks and timeouts use the manual clock."""
    agents = default_agents(between_words_s=0.08)
    async with GatewaySimulator(
        token=TOKEN, agents=agents, sleep=instantly, clock=clock
    ) as simulator:
        yield simulator


@pytest.fixture
async def client(gateway: GatewaySimulator, clock: ManualClock) -> AsyncIterator[OpenClawClient]:
    """A connected client on the manual clock."""
    async with OpenClawClient(config_for(gateway.url), clock=clock) as connected:
        yield connected
