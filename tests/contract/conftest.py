"""Which Gateway the cases are run against: ``--gateway=simulator`` (default) or ``real``."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import AsyncIterator, Generator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from testing.real_gateway import real_gateway
from testing.telegram import telegram, telegram_config
from tests.contract.gateway.gateways import (
    AGENTS,
    MEMORY_CONFIG,
    Gateway,
    Real,
    let_in,
    simulated,
)
from tests.contract.gateway.probe import Probe
from tests.contract.table import Case, record


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Mark each case before pytest-asyncio chooses how long its loop lives: with a loop for each
    case, every case would start a Gateway."""
    if inspect.iscoroutinefunction(metafunc.function):
        metafunc.definition.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The Gateway lives as long as the run, and so does the event loop; what ends it comes last."""
    for item in items:
        if item.path.is_relative_to(config.rootpath / "tests" / "contract") and (
            isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function)
        ):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    marks = ("takes_time", "ends_the_gateway")
    return max((n for n, name in enumerate(marks, 1) if item.get_closest_marker(name)), default=0)


_passed: dict[Case, bool] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if isinstance(item, pytest.Function) and item.path.parent.name == "gateway":
        case = Case.of(item.function)
        _passed[case] = _passed.get(case, True) and report.passed
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("record") and _passed:
        record(session.config.getoption("gateway"), _passed)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway(request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """One for all cases: a real one takes its time to start."""
    async with AsyncExitStack() as stack:
        if request.config.getoption("gateway") == "real":
            provider = await stack.enter_async_context(telegram())
            extra = {**telegram_config(provider.url), **MEMORY_CONFIG}
            started = real_gateway(agents=AGENTS, extra_config=extra)
            yield Real(await stack.enter_async_context(started), provider)
            return
        yield await stack.enter_async_context(simulated())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def listener(gateway: Gateway) -> AsyncIterator[Probe]:
    """A connection that is there from the first case on, for what takes a Gateway long."""
    async with let_in(gateway, scopes=[]) as probe:
        yield probe


@pytest_asyncio.fixture(loop_scope="session")
async def probe(gateway: Gateway, listener: Probe) -> AsyncIterator[Probe]:
    """Let in as the bot is, on the same machine, without a device key."""
    async with let_in(gateway) as probe:
        yield probe
    gateway.release()


@pytest.fixture
def session() -> str:
    """The key of a session that no other case uses."""
    return f"agent:jarvis:discord:dm:{uuid.uuid4().int % 10**18}"
