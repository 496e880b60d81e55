"""Hooks for all tests: user state is isolated, async tests cannot hang, marks select the loop."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from discord_bot.receive.opus import candidates, load_libopus
from logs import SET_UP
from testing.stalls import StallingLoop, stall_threads
from testing.waiting import (
    STANDSTILL_REAL_TIME_S,
    STANDSTILL_S,
    at_a_standstill,
    fixture_at_a_standstill,
    say_where,
    where_tests_wait,
)
from virtual_time import VirtualTimeLoop

_STATE_HOMES: Final = count()


@pytest.fixture(autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder for one test, instead of the user's. Most tests never make it, which spares
    ten thousand folders."""
    home = tmp_path_factory.getbasetemp() / f"state-home-{next(_STATE_HOMES)}"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def loggers_restored() -> Iterator[None]:
    """Give the process its loggers back after a test that sets up logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    changed = [each for each in map(logging.getLogger, SET_UP) if each.level != logging.NOTSET]
    if changed:
        root.handlers[:] = handlers
        root.setLevel(level)
    for each in changed:
        each.setLevel(logging.NOTSET)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector off what lives until the end: a million objects of the modules and
    tests, which every collection during a test would walk through."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--gateway",
        choices=("simulator", "real"),
        default="simulator",
        help="what tests/contract is run against; real: fetched by npm, once",
    )
    parser.addoption(
        "--record",
        action="store_true",
        help="enter the results of tests/contract into the table in docs/gateway-contract.md",
    )
    parser.addoption(
        "--podman",
        action="store_true",
        help="run containers by the podman of this machine too, not by its stand-in alone",
    )
    parser.addoption(
        "--ray",
        action="store_true",
        help="run the speech server on a Ray of this machine too",
    )
    parser.addoption(
        "--stalls",
        metavar="SEED",
        type=int,
        help="stall event loops and threads at random, as a busy machine does (testing/stalls.py)",
    )
    parser.addoption(
        "--libopus",
        metavar="FILE",
        help="the libopus to test with; default: what the bot would find. 'wheel': PyAV's",
    )


def pytest_configure(config: pytest.Config) -> None:
    VirtualTimeLoop.describe_tasks = staticmethod(where_tests_wait)
    if (seed := config.getoption("--stalls")) is not None:
        stall_threads(seed)
    if name := config.getoption("--libopus"):
        in_wheel = (found for found, origin in candidates() if "wheel" in origin)
        load_libopus(next(in_wheel) if name == "wheel" else name)
    config.addinivalue_line(
        "markers",
        "virtual_time(sockets=False): the loop's clock jumps to the next timer; "
        "with sockets it waits for loopback first (virtual_time.py)",
    )
    config.addinivalue_line("markers", "takes_time: a contract case that comes after the others")
    config.addinivalue_line("markers", "ends_the_gateway: a contract case that comes after all")
    config.addinivalue_line(
        "markers",
        "patience(seconds): how long it may await at one place (testing/waiting.py)",
    )


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if marked := item.get_closest_marker("virtual_time"):
        sockets = marked.kwargs.get("sockets", False)
        return {"virtual time": VirtualTimeLoop.with_sockets if sockets else VirtualTimeLoop}
    if (seed := config.getoption("--stalls")) is not None:
        return {"real time": lambda: StallingLoop(f"{seed} {item.nodeid}")}
    return {"real time": asyncio.new_event_loop}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("virtual_time"):
            continue  # VirtualTimeLoop finds a standstill itself
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = at_a_standstill(item.obj, _patience_s(item, config))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before pytest-asyncio makes it an ordinary function
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    of_a_test = isinstance(request.node, pytest.Function)
    patience_s = _patience_s(request.node, request.config) if of_a_test else STANDSTILL_REAL_TIME_S
    with pytest.MonkeyPatch.context() as patch:
        if inspect.isasyncgenfunction(fixturedef.func):
            patch.setattr(fixturedef, "func", fixture_at_a_standstill(fixturedef.func, patience_s))
        elif inspect.iscoroutinefunction(fixturedef.func):
            patch.setattr(fixturedef, "func", at_a_standstill(fixturedef.func, patience_s))
        return (yield)


def _patience_s(item: pytest.Item, config: pytest.Config) -> float:
    if marked := item.get_closest_marker("patience"):
        return float(marked.args[0])
    real_time = item.get_closest_marker("e2e") or config.getoption("--gateway") == "real"
    return STANDSTILL_REAL_TIME_S if real_time else STANDSTILL_S


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.excinfo is not None:
        say_where(call.excinfo.value)
    return (yield)
