"""Nodes: let in, approved, asked."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import (
    PATIENCE_S,
    Payload,
    Probe,
    client_info,
    connect_params,
    knock,
)
from tests.contract.gateway.test_turns import text_of

COMMANDS = ["voice.say", "voice.status"]
SAY_TOOL = {
    "pluginId": "openclaw-voice",
    "name": "voice_say",
    "description": "Say a sentence aloud in the voice channel.",
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
    },
    "command": "voice.say",
}


@pytest_asyncio.fixture(loop_scope="session")
async def owner(gateway: Gateway) -> AsyncIterator[Probe]:
    """An operator who may approve nodes and ask them."""
    scopes = ["operator.read", "operator.write", "operator.pairing"]
    async with let_in(gateway, scopes=scopes) as probe:
        yield probe


@asynccontextmanager
async def node(
    gateway: Gateway, device: Device, commands: list[str] | None = None
) -> AsyncIterator[Probe]:
    """Connected as a node; its commands are not approved by that."""
    async with knock(gateway.url) as probe:
        proof = device.params(
            probe.challenge,
            gateway.token,
            client=client_info("node-host", "node", displayName="probe"),
            role="node",
            scopes=[],
        )
        more = {"caps": ["voice"], "commands": COMMANDS if commands is None else commands}
        probe.hello = await probe.call("connect", connect_params(gateway.token, **proof, **more))
        yield probe


async def approve(owner: Probe, device: Device) -> Payload:
    """Approve what the node declares; the answer."""
    pending = (await owner.call("node.pair.list"))["pending"]
    (request,) = (row["requestId"] for row in pending if row["nodeId"] == device.id)
    return await owner.call("node.pair.approve", {"requestId": request})


@asynccontextmanager
async def approved(gateway: Gateway, owner: Probe, device: Device) -> AsyncIterator[Probe]:
    """Connected as a node whose commands are approved."""
    async with node(gateway, device) as probe:
        await approve(owner, device)
        yield probe


async def row(owner: Probe, device: Device) -> Payload:
    """What node.list has of it."""
    nodes = (await owner.call("node.list"))["nodes"]
    found: Payload = next(each for each in nodes if each["nodeId"] == device.id)
    return found


def invocation(device: Device, command: str = "voice.say", **more: Any) -> Payload:
    params = {"nodeId": device.id, "command": command, "timeoutMs": 3_000}
    return {**params, "idempotencyKey": str(uuid.uuid4()), **more}


async def test_hello(gateway: Gateway) -> None:
    """a node on the same machine is accepted automatically and gets a device token"""
    async with node(gateway, Device()) as probe:
        auth = probe.hello["auth"]
        assert (auth["role"], auth["scopes"]) == ("node", [])
        assert len(auth["deviceToken"]) == 43


async def test_pending_approval(gateway: Gateway, owner: Probe) -> None:
    """before the approval of its commands a node is listed as pending and cannot be invoked"""
    device = Device()
    async with node(gateway, device):
        listed = await row(owner, device)
        assert listed["approvalState"] == "pending-approval"
        assert listed["commands"] == []
        assert listed["pendingRequestId"]
        asked = await owner.event(
            "node.pair.requested", lambda payload: payload["nodeId"] == device.id
        )
        assert asked["requestId"] == listed["pendingRequestId"]
        assert asked["commands"] == COMMANDS
        error = await owner.refusal("node.invoke", invocation(device))
        assert error["code"] == "UNAVAILABLE"
        assert error["details"]["code"] == "PAIRING_CHANGED"
        assert error["retryable"] is True


async def test_approval(gateway: Gateway, owner: Probe, probe: Probe) -> None:
    """node.pair.approve needs the pairing scope; the approval holds for later connections"""
    device = Device()
    async with node(gateway, device):
        request = {"requestId": (await row(owner, device))["pendingRequestId"]}
        error = await probe.refusal("node.pair.approve", request)
        assert error["message"] == "missing scope: operator.pairing"
        answer = await owner.call("node.pair.approve", request)
        assert answer["requestId"] == request["requestId"]
        assert answer["node"]["nodeId"] == device.id
        assert sorted(answer["node"]["commands"]) == COMMANDS
        resolved = await owner.event(
            "node.pair.resolved", lambda payload: payload["nodeId"] == device.id
        )
        assert resolved["decision"] == "approved"
    async with node(gateway, device):
        listed = await row(owner, device)
        assert listed["approvalState"] == "approved"
        assert listed["commands"] == COMMANDS
        assert listed["connected"] is True


async def test_longer_list(gateway: Gateway, owner: Probe) -> None:
    """a longer list of commands needs a new approval; the approved ones keep working"""
    device = Device()
    async with approved(gateway, owner, device):
        pass
    async with node(gateway, device, [*COMMANDS, "voice.leave"]) as probe:
        listed = await row(owner, device)
        assert listed["approvalState"] == "pending-reapproval"
        assert listed["commands"] == COMMANDS
        error = await owner.refusal("node.invoke", invocation(device, "voice.leave"))
        assert error["details"]["reason"] == "command not declared by node"
        ident = await owner.ask_only("node.invoke", invocation(device))
        await answer_next(probe, device, ok=True, payload={})
        assert (await owner.answer(ident))["ok"]


async def answer_next(probe: Probe, device: Device, **result: Any) -> Payload:
    """Answer the next request of the Gateway's; the request."""
    request = await probe.event("node.invoke.request")
    params = {"id": request["id"], "nodeId": device.id, **result}
    assert await probe.call("node.invoke.result", params) == {"ok": True}
    return request


async def test_invoke(gateway: Gateway, owner: Probe) -> None:
    """node.invoke: the caller gets the node's answer"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        params = invocation(device, params={"text": "hi"})
        ident = await owner.ask_only("node.invoke", params)
        request = await answer_next(probe, device, ok=True, payload={"spoken": True})
        assert request["nodeId"] == device.id
        assert request["command"] == "voice.say"
        assert request["paramsJSON"] == '{"text":"hi"}'
        assert request["idempotencyKey"] == params["idempotencyKey"]
        assert 2_500 < request["timeoutMs"] <= 3_000
        assert "seq" not in next(f for f in probe.events if f["event"] == "node.invoke.request")
        assert (await owner.answer(ident))["payload"] == {
            "ok": True,
            "nodeId": device.id,
            "command": "voice.say",
            "payload": {"spoken": True},
            "payloadJSON": None,
        }


async def test_invoke_without_params(gateway: Gateway, owner: Probe) -> None:
    """node.invoke without params: paramsJSON is null"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        ident = await owner.ask_only("node.invoke", invocation(device, "voice.status"))
        request = await answer_next(probe, device, ok=True, payloadJSON='{"rooms":[]}')
        assert request["paramsJSON"] is None
        answer = (await owner.answer(ident))["payload"]
        assert answer["payloadJSON"] == '{"rooms":[]}'
        assert answer["payload"] == {"rooms": []}


async def test_invoke_error(gateway: Gateway, owner: Probe) -> None:
    """node.invoke: the caller gets the node's error with its code"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        ident = await owner.ask_only("node.invoke", invocation(device))
        error = {"code": "NOT_IN_CALL", "message": "nobody is in a call"}
        await answer_next(probe, device, ok=False, error=error)
        assert (await owner.answer(ident))["error"] == {
            "code": "UNAVAILABLE",
            "message": "NOT_IN_CALL: nobody is in a call",
            "details": {"nodeError": error, "nodeCommandDispatched": True},
        }


async def test_invoke_timeout(gateway: Gateway, owner: Probe) -> None:
    """node.invoke: after the timeout the node gets a cancellation; its late answer is ignored"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        error = await owner.refusal("node.invoke", invocation(device, timeoutMs=300))
        assert error["code"] == "UNAVAILABLE"
        assert error["details"]["nodeError"]["code"] == "TIMEOUT"
        request = await probe.event("node.invoke.request")
        cancel = await probe.event("node.invoke.cancel")
        assert cancel == {"invokeId": request["id"], "nodeId": device.id}
        late = {"id": request["id"], "nodeId": device.id, "ok": True}
        answer = await probe.call("node.invoke.result", late)
        assert answer == {"ok": True, "ignored": True}


async def test_not_allowed(gateway: Gateway, owner: Probe) -> None:
    """node.invoke: a command that the configuration does not allow or the node does not declare is
    refused"""
    device = Device()
    async with node(gateway, device, [*COMMANDS, "foo.bar"]):
        await approve(owner, device)
        assert (await row(owner, device))["commands"] == COMMANDS
        error = await owner.refusal("node.invoke", invocation(device, "foo.bar"))
        assert error["code"] == "INVALID_REQUEST"
        assert error["details"] == {"reason": "command not allowlisted", "command": "foo.bar"}
        error = await owner.refusal("node.invoke", invocation(device, "voice.leave"))
        assert error["code"] == "INVALID_REQUEST"
        reason = {"reason": "command not declared by node", "command": "voice.leave"}
        assert error["details"] == reason


async def test_away(gateway: Gateway, owner: Probe) -> None:
    """node.invoke: a disconnected node and an unknown one are refused"""
    device = Device()
    async with approved(gateway, owner, device):
        pass
    async with asyncio.timeout(PATIENCE_S):
        while (await row(owner, device))["connected"]:
            pass
    error = await owner.refusal("node.invoke", invocation(device))
    assert error["code"] == "UNAVAILABLE"
    assert error["details"]["code"] == "NOT_CONNECTED"
    assert error["details"]["nodeCommandDispatched"] is False
    error = await owner.refusal("node.invoke", invocation(Device()))
    assert error["details"]["code"] == "PAIRING_CHANGED"


async def test_left_while_asked(gateway: Gateway, owner: Probe) -> None:
    """node.invoke: the node disconnects before it answers"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        ident = await owner.ask_only("node.invoke", invocation(device))
        await probe.event("node.invoke.request")
        probe.cut()
    error = (await owner.answer(ident))["error"]
    assert error["code"] == "UNAVAILABLE"
    assert error["details"]["nodeError"]["code"] == "DISCONNECTED"


async def test_results_out_of_place(gateway: Gateway, owner: Probe) -> None:
    """node.invoke.result: an unrequested result, and one for another node, are refused"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        result = {"id": "nobody-asked", "nodeId": device.id, "ok": True}
        answer = await probe.call("node.invoke.result", result)
        assert answer == {"ok": True, "ignored": True}
        error = await probe.refusal("node.invoke.result", result | {"nodeId": "another"})
        assert (error["code"], error["message"]) == ("INVALID_REQUEST", "nodeId mismatch")


@pytest.mark.parametrize("method", ["node.invoke.result", "node.pluginTools.update"])
async def test_unknown_param(gateway: Gateway, method: str) -> None:
    """a node method refuses an unknown param by name"""
    valid: dict[str, Payload] = {
        "node.invoke.result": {"id": "x", "nodeId": "x", "ok": True},
        "node.pluginTools.update": {"tools": []},
    }
    async with node(gateway, Device()) as probe:
        error = await probe.refusal(method, valid[method] | {"colour": "red"})
        assert error["message"] == f"invalid {method} params: at root: unexpected property 'colour'"


async def test_operator_is_no_node(probe: Probe) -> None:
    """an operator may not call a node's methods"""
    error = await probe.refusal("node.pluginTools.update", {"tools": []})
    assert error["message"] == "unauthorized role: operator"


async def test_tools(gateway: Gateway, owner: Probe) -> None:
    """node.pluginTools.update: only tools of approved commands; tools published earlier appear with
    the approval and disappear with the node"""
    device = Device()
    async with node(gateway, device) as probe:
        answer = await probe.call("node.pluginTools.update", {"tools": [SAY_TOOL]})
        assert answer == {"nodeId": device.id, "tools": []}
        await approve(owner, device)
        assert (await row(owner, device))["nodePluginTools"] == [SAY_TOOL]
        other = SAY_TOOL | {"name": "voice_leave", "command": "voice.leave"}
        answer = await probe.call("node.pluginTools.update", {"tools": [SAY_TOOL, other]})
        assert answer["tools"] == [SAY_TOOL]
    async with node(gateway, device):
        assert (await row(owner, device))["nodePluginTools"] == []


async def test_tool_in_a_turn(gateway: Gateway, owner: Probe, probe: Probe, session: str) -> None:
    """an agent calls a node's tool in an ordinary turn and continues with the result"""
    device = Device()
    async with approved(gateway, owner, device) as speaker:
        await speaker.call("node.pluginTools.update", {"tools": [SAY_TOOL]})
        run = await probe.turn(session, '#tool:voice_say {"text": "good evening"}')
        request = await answer_next(speaker, device, ok=True, payload={"spoken": True})
        assert request["command"] == "voice.say"
        assert request["paramsJSON"] == '{"text":"good evening"}'
        assert request["sessionKey"] == session
        assert 20_000 < request["timeoutMs"] <= 30_000
        final = await probe.end(run)
        assert final["state"] == "final"
        assert "spoken" in text_of(final)
