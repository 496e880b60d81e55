"""Events that are lost, repeated, swapped or late."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from openclaw_client import OpenClawClient
from simulators.gateway import GatewaySimulator
from testing.manual_clock import ManualClock, settle
from tests.simulators.gateway.raw_client import RawClient, greeted

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
@pytest.mark.parametrize("mischief", ["lose_event", "repeat_event", "swap_events"])
async def test_the_bots_client_has_the_whole_answer_all_the_same(
    gateway: GatewaySimulator, client: OpenClawClient, mischief: str, state: str
) -> None:
    plan: Any = getattr(gateway.faults, mischief)
    for _ in range(2):
        plan(state)
    text = ""
    async for delta in client.stream("jarvis", "Who are you?", speaker="alice"):
        text = delta.text if delta.replace else text + delta.text
    assert text == ANSWER
