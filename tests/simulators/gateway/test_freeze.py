"""Half-open connections, and restarts."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import connect

from simulators.gateway import GatewaySimulator
from tests.simulators.gateway.raw_client import greeted, raw

ASKED = {"type": "req", "id": "x", "method": "agents.list", "params": {}}


async def said_within(seconds: float, waiting: asyncio.Future[object]) -> bool:
    done, _ = await asyncio.wait([waiting], timeout=seconds)
    return bool(done)


async def test_frozen_it_says_nothing_and_thawed_it_goes_on(gateway: GatewaySimulator) -> None:
    async with greeted(gateway.url) as client:
        gateway.freeze()
        pong = await client.socket.ping()
        await client.send(ASKED)
        assert not await said_within(0.05, asyncio.ensure_future(pong))
        assert gateway.asked("agents.list") == []
        gateway.thaw()
        while (await client.frame()).get("id") != "x":
            pass
        assert len(gateway.asked("agents.list")) == 1


async def test_frozen_it_still_takes_connections_and_does_not_greet(
    gateway: GatewaySimulator,
) -> None:
    gateway.freeze()
    coming: asyncio.Future[object] = asyncio.ensure_future(_greeting(gateway.url))
    assert not await said_within(0.05, coming)
    gateway.thaw()
    assert "connect.challenge" in str(await coming)


async def _greeting(url: str) -> object:
    async with connect(url, compression=None) as socket:
        return await socket.recv()


async def test_a_client_that_leaves_a_frozen_gateway_is_gone_from_it(
    gateway: GatewaySimulator,
) -> None:
    async with greeted(gateway.url) as client:
        await gateway.wait_for(lambda: gateway.connected)
        gateway.freeze()
        client.socket.transport.abort()
        await gateway.wait_for(lambda: not gateway.connected)
    gateway.thaw()
    async with greeted(gateway.url):
        pass


@pytest.mark.parametrize(
    ("in_order", "close"), [(True, (1012, "service restart")), (False, (1006, ""))]
)
async def test_restarts(gateway: GatewaySimulator, in_order: bool, close: tuple[int, str]) -> None:
    url = gateway.url
    async with raw(url) as waiting, greeted(url) as client:
        await gateway.wait_for(lambda: gateway.connected)
        await gateway.restart(in_order=in_order, expected_ms=5_000)
        assert await client.closed() == close
        assert (await waiting.closed())[0] in (1001, 1006)
        notices = [frame for frame in client.events if frame["event"] == "shutdown"]
        assert bool(notices) is in_order
    async with greeted(url):
        assert gateway.url == url
