"""Frames that are too big, readers that are too slow, and signs of life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import pytest_asyncio

from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Probe, connect_params, knock

TOO_BIG = 1009


async def test_oversized_before_hello(gateway: Gateway) -> None:
    """a frame of more than 64 KiB before hello-ok: closed with 1009"""
    async with knock(gateway.url) as probe:
        params = connect_params(gateway.token, userAgent=70_000 * "x")
        await probe.ask_only("connect", params)
        assert (await probe.closed())[0] == TOO_BIG


async def test_oversized_after_hello(gateway: Gateway) -> None:
    """a frame of more than maxPayload after hello-ok: closed with 1009"""
    async with let_in(gateway) as probe:
        probe.announce_frame(probe.hello["policy"]["maxPayload"] + 1)
        assert (await probe.closed())[0] == TOO_BIG


async def test_slow_reader(probe: Probe, gateway: Gateway, session: str) -> None:
    """a reader with more than 50 MiB unread misses events without a gap in their numbers; it stays
    connected"""
    async with let_in(gateway, unread=1) as slow:
        runs = [await probe.turn(f"{session}:{name}", "#big=30 #delay=80") for name in "abcd"]
        for run in runs:
            await probe.call("agent.wait", {"runId": run, "timeoutMs": 300_000})
        await slow.barrier()
        await probe.barrier()
        assert len(slow.events) < len(probe.events)
        await slow.end(await probe.turn(session, "#say:And now?"))
        numbers = [frame["seq"] for frame in slow.events]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_ping(probe: Probe) -> None:
    """a ping is answered"""
    async with asyncio.timeout(5):
        await (await probe.socket.ping())


@pytest_asyncio.fixture(loop_scope="session")
async def ticking(listener: Probe, gateway: Gateway) -> AsyncIterator[Probe]:
    """The first connection, or a new one where a case has ended the Gateway since."""
    if listener.socket.close_code is None:
        yield listener
        return
    async with let_in(gateway, scopes=[]) as probe:
        yield probe


@pytest.mark.takes_time
@pytest.mark.timeout(90)
async def test_ticks(ticking: Probe, gateway: Gateway) -> None:
    """a tick arrives every tickIntervalMs, with the Gateway's time"""
    interval_s = ticking.hello["policy"]["tickIntervalMs"] / 1000
    async with asyncio.timeout(2.5 * interval_s):
        while len(ticks := ticking.payloads("tick")) < 2:
            await ticking.more(interval_s * 1.5)
    seconds = [tick["ts"] / 1000 * gateway.speed for tick in ticks]
    gaps = [later - earlier for earlier, later in pairwise(seconds)]
    # None comes early; how late one may be is what the time limit says.
    assert min(gaps) >= 0.8 * interval_s
