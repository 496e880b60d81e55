"""A connection of the simulated Gateway: its send queue, and freezing."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from websockets.asyncio.client import connect

from openclaw_client import OpenClawClient
from simulators.gateway import GatewaySimulator
from testing.manual_clock import ManualClock, settle
from tests.simulators.gateway.raw_client import RawClient, greeted, raw

TURN = {
    "sessionKey": "agent:jarvis:discord:dm:1",
    "message": "Who are you?",
    "idempotencyKey": "r",
}
ANSWER = "I am Jarvis, at your service."


def numbers(client: RawClient) -> list[int]:
    return [frame["seq"] for frame in client.events if "seq" in frame]


def deltas(client: RawClient) -> list[str]:
    return [event["deltaText"] for event in client.chat("r") if event["state"] == "delta"]


async def turn(client: RawClient) -> None:
    await client.ask("chat.send", TURN)
    await client.until("final", "r")


async def test_a_lost_event_leaves_a_gap(gateway: GatewaySimulator) -> None:
    gateway.faults.lose_event("delta")
    async with greeted(gateway.url) as client:
        await turn(client)
        came = numbers(client)
    missing = set(range(came[0], came[-1] + 1)) - set(came)
    assert len(missing) == 1
    assert "".join(deltas(client)) == ANSWER.removeprefix("I")


async def test_a_repeated_event_has_the_same_number(gateway: GatewaySimulator) -> None:
    gateway.faults.repeat_event("delta")
    async with greeted(gateway.url) as client:
        await turn(client)
        came = numbers(client)
    assert len(came) == len(set(came)) + 1
    assert deltas(client)[:2] == ["I", "I"]


async def test_swapped_events_come_in_the_wrong_order(gateway: GatewaySimulator) -> None:
    gateway.faults.swap_events("delta")
    async with greeted(gateway.url) as client:
        await turn(client)
        came = numbers(client)
    assert came != sorted(came)
    assert sorted(came) == list(range(came[0], came[0] + len(came)))
    backwards = [after for before, after in pairwise(came) if after < before]
    assert len(backwards) == 1


async def test_a_late_event_holds_up_all_that_follows(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.delay_event("delta", 5.0)
    async with greeted(gateway.url) as client:
        await client.send({"type": "req", "id": "turn", "method": "chat.send", "params": TURN})
        await gateway.wait_for(lambda: gateway.runs and gateway.runs[0].status == "ok")
        await client.send({"type": "req", "id": "later", "method": "agents.list", "params": {}})
        await gateway.wait_for(lambda: gateway.asked("agents.list"))
        await settle()
        assert 5.0 in clock.due_in()
        await clock.advance(5.0)
        while (await client.frame()).get("id") != "later":
            pass
        came = numbers(client)
    assert "".join(deltas(client)) == ANSWER
    assert came == sorted(came)


@pytest.mark.parametrize("state", ["delta", "status"])
@pytest.mark.parametrize("fault", ["lose_event", "repeat_event", "swap_events"])
async def test_the_bots_client_has_the_whole_answer_all_the_same(
    gateway: GatewaySimulator, client: OpenClawClient, fault: str, state: str
) -> None:
    plan: Any = getattr(gateway.faults, fault)
    for _ in range(2):
        plan(state)
    text = ""
    async for delta in client.stream("jarvis", "Who are you?", speaker="alice"):
        text = delta.text if delta.replace else text + delta.text
    assert text == ANSWER


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
