"""Which Gateway the cases are run against: ``--gateway=simulator`` (default) or ``real``."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from openclaw_client.simulator import GatewaySimulator
from tests.contract.gateway.directed_agent import DirectedAgent
from tests.contract.gateway.gateways import AGENTS, Gateway, Real, Simulated, let_in
from tests.contract.gateway.probe import Probe
from tests.real_gateway import real_gateway


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The Gateway lives as long as the run, and so does the event loop; what ends it comes last."""
    for item in items:
        if item.path.is_relative_to(config.rootpath / "tests" / "contract"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    items.sort(key=lambda item: item.get_closest_marker("ends_the_gateway") is not None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway(request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """One for all cases: a real one takes its time to start."""
    async with AsyncExitStack() as stack:
        if request.config.getoption("gateway") == "real":
            yield Real(await stack.enter_async_context(real_gateway(agents=AGENTS)))
            return
        agents = [DirectedAgent(name) for name in AGENTS]
        simulator = GatewaySimulator(agents=agents, strict=False, trusted_proxy=True)
        yield Simulated(await stack.enter_async_context(simulator), agents)


@pytest_asyncio.fixture(loop_scope="session")
async def probe(gateway: Gateway) -> AsyncIterator[Probe]:
    """Let in as the bot is, on the same machine, without a device key."""
    async with let_in(gateway) as probe:
        yield probe


@pytest.fixture
def session() -> str:
    """The key of a session that no other case uses."""
    return f"agent:jarvis:discord:dm:{uuid.uuid4().int % 10**18}"
