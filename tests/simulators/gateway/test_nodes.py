"""The simulated Gateway's nodes, as a bare node, its owner and an agent see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN
from testing.manual_clock import ManualClock, eventually
from tests.simulators.gateway.device import Device
from tests.simulators.gateway.raw_client import RawClient, connect_params, greeted, raw

OWNER = ["operator.read", "operator.write", "operator.pairing"]
SAY = {
    "pluginId": "p",
    "name": "voice_say",
    "description": "Say it.",
    "command": "voice.say",
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}


@pytest.fixture
async def gateway(clock: ManualClock) -> AsyncIterator[GatewaySimulator]:
    async with GatewaySimulator(
        token=TOKEN, node_commands=["voice.say", "voice.join"], strict=False, clock=clock
    ) as simulator:
        yield simulator


@pytest.fixture
async def owner(gateway: GatewaySimulator) -> AsyncIterator[RawClient]:
    async with greeted(gateway.url, scopes=OWNER) as client:
        yield client


@asynccontextmanager
async def node(
    gateway: GatewaySimulator, device: Device, *commands: str
) -> AsyncIterator[RawClient]:
    """A bare node that was let in."""
    async with raw(gateway.url) as client:
        challenge = client.events[0]["payload"]
        proof = device.proof(
            ident="node-host",
            mode="node",
            role="node",
            scopes=(),
            nonce=challenge["nonce"],
            signedAt=challenge["ts"],
        )
        answer = await client.ask("connect", connect_params(**proof, commands=list(commands)))
        assert answer["ok"], answer
        await gateway.wait_for(lambda: device.id in gateway.nodes.all)
        yield client


async def row(client: RawClient) -> dict[str, Any]:
    (only,) = (await client.ask("node.list", {}))["payload"]["nodes"]
    row: dict[str, Any] = only
    return row


async def approve(owner: RawClient) -> None:
    ident = (await row(owner))["pendingRequestId"]
    assert (await owner.ask("node.pair.approve", {"requestId": ident}))["ok"]


def invoke(device: Device, command: str = "voice.say", **changes: Any) -> dict[str, Any]:
    return {"nodeId": device.id, "command": command, "idempotencyKey": "k", **changes}


async def request_of(client: RawClient) -> dict[str, Any]:
    """The next request that the node gets."""
    while True:
        frame = await client.frame()
        if frame.get("event") == "node.invoke.request":
            assert "seq" not in frame
            payload: dict[str, Any] = frame["payload"]
            return payload


# -- approving ---------------------------------------------------------------------------------


async def test_commands_that_the_configuration_does_not_list_are_struck(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    device = Device()
    async with node(gateway, device, "voice.say", "x.y"):
        await approve(owner)
        assert (await row(owner))["commands"] == ["voice.say"]


async def test_a_request_is_announced_and_shown_to_those_who_may_approve(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    async with greeted(gateway.url) as reader, node(gateway, Device(), "voice.say"):
        shown = await row(owner)
        assert shown["approvalState"] == "pending-approval"
        assert (await owner.ask("node.pair.list", {}))["payload"]["pending"][0]["requestId"] == (
            shown["pendingRequestId"]
        )
        asked = [event for event in owner.events if event["event"] == "node.pair.requested"]
        assert asked[0]["payload"]["requestId"] == shown["pendingRequestId"]
        hidden = await row(reader)
        assert "pendingRequestId" not in hidden
        assert not any(event["event"].startswith("node.pair") for event in reader.events)
        refusal = await reader.ask("node.pair.approve", {"requestId": shown["pendingRequestId"]})
        assert refusal["error"]["details"]["missingScope"] == "operator.pairing"


async def test_approval_lasts_over_connections_and_more_commands_need_another(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    device = Device()
    async with node(gateway, device, "voice.say") as first:
        await approve(owner)
        while (await first.frame()).get("event") != "node.pair.resolved":
            pass
    await eventually(lambda: gateway.nodes.all[device.id].peer is None)
    assert (await row(owner))["connected"] is False
    async with node(gateway, device, "voice.say"):
        assert (await row(owner))["approvalState"] == "approved"
    async with node(gateway, device, "voice.say", "voice.join"):
        wider = await row(owner)
        assert wider["approvalState"] == "pending-reapproval"
        assert wider["commands"] == ["voice.say"]


# -- asking ------------------------------------------------------------------------------------


async def test_a_node_is_asked_and_answers(gateway: GatewaySimulator, owner: RawClient) -> None:
    device = Device()
    async with node(gateway, device, "voice.say") as client:
        await approve(owner)
        params = invoke(device, params={"text": "hi"}, sessionKey="agent:jarvis:x", timeoutMs=900)
        asking = asyncio.create_task(owner.ask("node.invoke", params))
        request = await request_of(client)
        assert json.loads(request["paramsJSON"]) == {"text": "hi"}
        assert (request["timeoutMs"], request["sessionKey"]) == (900, "agent:jarvis:x")
        result = {"id": request["id"], "nodeId": device.id, "ok": True, "payload": {"said": 1}}
        assert (await client.ask("node.invoke.result", result))["payload"] == {"ok": True}
        late = (await client.ask("node.invoke.result", result))["payload"]
        assert late == {"ok": True, "ignored": True}
        assert (await asking)["payload"]["payload"] == {"said": 1}


async def test_a_nodes_error_is_the_callers(gateway: GatewaySimulator, owner: RawClient) -> None:
    device = Device()
    async with node(gateway, device, "voice.say") as client:
        await approve(owner)
        asking = asyncio.create_task(owner.ask("node.invoke", invoke(device)))
        request = await request_of(client)
        assert request["paramsJSON"] is None
        error = {"code": "INVALID_REQUEST", "message": "text is missing"}
        failed = {"id": request["id"], "nodeId": device.id, "ok": False, "error": error}
        await client.ask("node.invoke.result", failed)
        refusal = (await asking)["error"]
    assert refusal["code"] == "UNAVAILABLE"
    assert refusal["message"] == "INVALID_REQUEST: text is missing"
    assert refusal["details"]["nodeError"] == error


async def test_a_node_that_does_not_answer_in_time_is_told_to_stop(
    gateway: GatewaySimulator, owner: RawClient, clock: ManualClock
) -> None:
    device = Device()
    async with node(gateway, device, "voice.say") as client:
        await approve(owner)
        asking = asyncio.create_task(owner.ask("node.invoke", invoke(device, timeoutMs=500)))
        request = await request_of(client)
        await clock.advance(0.6)
        assert (await asking)["error"]["details"]["nodeError"]["code"] == "TIMEOUT"
        while (frame := await client.frame()).get("event") != "node.invoke.cancel":
            pass
        assert frame["payload"]["invokeId"] == request["id"]


async def test_a_node_that_goes_fails_what_it_was_asked(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    device = Device()
    async with node(gateway, device, "voice.say") as client:
        await approve(owner)
        asking = asyncio.create_task(owner.ask("node.invoke", invoke(device)))
        await request_of(client)
    assert (await asking)["error"]["details"]["nodeError"]["code"] == "DISCONNECTED"
    away = await owner.ask("node.invoke", invoke(device))
    assert away["error"]["details"]["code"] == "NOT_CONNECTED"


async def test_what_may_not_be_asked_is_refused_with_the_reason(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    device = Device()
    async with node(gateway, device, "voice.say"):
        early = (await owner.ask("node.invoke", invoke(device)))["error"]
        assert (early["code"], early["details"]["code"]) == ("UNAVAILABLE", "PAIRING_CHANGED")
        assert early["retryable"]
        await approve(owner)
        for command, reason in {
            "system.run": "command not allowlisted",
            "voice.join": "command not declared by node",
        }.items():
            refusal = (await owner.ask("node.invoke", invoke(device, command)))["error"]
            assert refusal["code"] == "INVALID_REQUEST"
            assert refusal["details"]["reason"] == reason


# -- what a node may do ------------------------------------------------------------------------


async def test_a_node_has_its_own_methods_and_no_others(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    async with node(gateway, Device(), "voice.say") as client:
        for method in ("node.list", "chat.send", "node.invoke"):
            assert (await client.ask(method, {}))["error"]["message"] == "unauthorized role: node"
        refusal = (await owner.ask("node.event", {"event": "x"}))["error"]
        assert refusal["message"] == "unauthorized role: operator"


async def test_stats_are_taken_once_the_node_is_approved(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    good = {"cpuCount": 2, "memoryTotalBytes": 10, "memoryFreeBytes": 5}
    async with node(gateway, Device(), "voice.say") as client:
        event = {"event": "node.host.stats", "payload": good}
        early = (await client.ask("node.event", event))["error"]
        assert early["details"]["code"] == "PAIRING_CHANGED"
        await approve(owner)
        assert (await client.ask("node.event", event))["payload"]["handled"] is True
        stats = (await row(owner))["hostStats"]
        assert stats == {**good, "updatedAtMs": stats["updatedAtMs"]}
        bad = {"event": "node.host.stats", "payloadJSON": '{"cpuCount": 0}'}
        answer = (await client.ask("node.event", bad))["payload"]
        assert (answer["handled"], answer["reason"]) == (False, "invalid_payload")


async def test_published_tools_work_from_the_approval_on_and_go_with_the_node(
    gateway: GatewaySimulator, owner: RawClient
) -> None:
    device = Device()
    async with node(gateway, device, "voice.say") as client:
        answer = await client.ask("node.pluginTools.update", {"tools": [SAY]})
        assert answer["payload"] == {"nodeId": device.id, "tools": []}
        await approve(owner)
        assert (await row(owner))["nodePluginTools"] == [SAY]

        async def use(**arguments: Any) -> str:
            return await gateway.nodes.use_tool(
                "voice_say", arguments, "agent:jarvis:x", call_id="c"
            )

        assert "must have required property 'text'" in await use()
        assert "must not have additional properties" in await use(text="x", txt="y")
        using = asyncio.create_task(use(text="hi"))
        request = await request_of(client)
        assert request["timeoutMs"] == 30_000
        result = {"id": request["id"], "nodeId": device.id, "ok": True, "payload": {"said": 1}}
        await client.ask("node.invoke.result", result)
        assert await using == '{"said":1}'
    await eventually(lambda: not gateway.nodes.all[device.id].tools)
    assert json.loads(await use(text="x"))["error"] == "unknown tool"


@pytest.mark.parametrize(
    ("method", "params", "wrong"),
    [
        ("node.pluginTools.update", {"tools": [{**SAY, "name": "voice.say"}]}, "/tools/0/name"),
        ("node.pluginTools.update", {"tools": [{"name": "x"}]}, "pluginId"),
        ("node.invoke.result", {"id": "1", "nodeId": "n"}, "ok"),
        ("node.invoke.result", {"id": "1", "nodeId": "n", "ok": True, "result": 1}, "result"),
    ],
)
async def test_params_are_checked_field_for_field(
    gateway: GatewaySimulator, method: str, params: dict[str, Any], wrong: str
) -> None:
    async with node(gateway, Device(), "voice.say") as client:
        refusal = (await client.ask(method, params))["error"]
    assert refusal["code"] == "INVALID_REQUEST"
    assert wrong in refusal["message"]
    assert gateway.violations
