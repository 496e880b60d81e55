"""Tools that a client calls without an agent's turn, and what people write in sessions."""

from __future__ import annotations

import asyncio
import uuid

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import PATIENCE_S, Payload, Probe
from tests.contract.gateway.test_nodes import SAY_TOOL, approved, owner

__all__ = ["owner"]


def names(effective: Payload) -> set[str]:
    return {tool["id"] for group in effective["groups"] for tool in group["tools"]}


async def test_effective(probe: Probe, session: str) -> None:
    """tools.effective: the tools of a session's agent, by groups"""
    await probe.end(await probe.turn(session, "Good morning"))
    effective = await probe.call("tools.effective", {"sessionKey": session})
    assert effective["agentId"] == "jarvis"
    assert "session_status" in names(effective)
    row = next(each for group in effective["groups"] for each in group["tools"])
    assert {"id", "label", "description", "source"} <= set(row)


async def test_effective_of_nothing(probe: Probe, session: str) -> None:
    """tools.effective: the session must exist"""
    error = await probe.refusal("tools.effective", {"sessionKey": session})
    assert error["message"] == f'unknown session key "{session}"'
    error = await probe.refusal("tools.effective", {})
    assert error["message"] == (
        "invalid tools.effective params: must have required property 'sessionKey'"
    )


async def test_invoke(probe: Probe, session: str) -> None:
    """tools.invoke: the tool's result as text"""
    answer = await probe.call("tools.invoke", {"name": "session_status", "sessionKey": session})
    assert (answer["ok"], answer["toolName"], answer["source"]) == (True, "session_status", "core")
    (part,) = answer["output"]["content"]
    assert part["type"] == "text"
    assert "OpenClaw" in part["text"]


async def test_invoke_of_nothing(probe: Probe, session: str) -> None:
    """tools.invoke of a tool that the agent does not have: the request is answered, the tool not"""
    answer = await probe.call("tools.invoke", {"name": "web_search", "sessionKey": session})
    assert answer["ok"] is False
    assert answer["error"] == {"code": "not_found", "message": "Tool not available: web_search"}
    error = await probe.refusal("tools.invoke", {"sessionKey": session})
    assert error["message"] == "invalid tools.invoke params: must have required property 'name'"


async def test_invoke_scope(gateway: Gateway, session: str) -> None:
    """tools.invoke needs the write scope"""
    async with let_in(gateway, scopes=["operator.read"]) as reader:
        error = await reader.refusal(
            "tools.invoke", {"name": "session_status", "sessionKey": session}
        )
    assert error["message"] == "missing scope: operator.write"


async def test_invoke_of_a_node(gateway: Gateway, owner: Probe, probe: Probe, session: str) -> None:
    """tools.invoke of a node's tool: the node gets the command with the session, and may refuse"""
    async with approved(gateway, owner, Device()) as node:
        tool = {**SAY_TOOL, "name": f"say_{uuid.uuid4().hex[:8]}"}
        await node.call("node.pluginTools.update", {"tools": [tool]})
        await probe.end(await probe.turn(session, "Good morning"))
        params = {"name": tool["name"], "args": {"text": "Hello."}, "sessionKey": session}
        asking = await probe.ask_only("tools.invoke", params)
        invoked = await node.event("node.invoke.request")
        assert (invoked["command"], invoked["sessionKey"]) == ("voice.say", session)
        refusal = {"code": "FORBIDDEN", "message": "not approved: a person said no"}
        result = {"id": invoked["id"], "nodeId": invoked["nodeId"], "ok": False, "error": refusal}
        await node.call("node.invoke.result", result)
        answer = await probe.answer(asking)
        assert "not approved: a person said no" in str(answer)


async def test_watched_session(gateway: Gateway, probe: Probe) -> None:
    """sessions.messages.subscribe: what a person writes on a channel, with their id there"""
    key = "agent:main:main"
    answer = await probe.call("sessions.messages.subscribe", {"key": key})
    assert answer == {"subscribed": True, "key": key}
    words = f"Got it, thanks {uuid.uuid4().hex[:8]}"
    gateway.person_writes(words)
    async with asyncio.timeout(PATIENCE_S):
        told = await probe.event(
            "session.message",
            lambda each: each["message"].get("content") == words,
        )
    assert told["sessionKey"] == key
    assert told["message"]["role"] == "user"
    origin = told["message"]["__openclaw"]
    assert (origin["senderId"], origin["transport"]["channel"]) == ("42", "telegram")
    answer = await probe.call("sessions.messages.unsubscribe", {"key": key})
    assert answer == {"subscribed": False, "key": key}
