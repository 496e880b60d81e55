"""Tools that a client calls without an agent's turn, and what people write in sessions."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import PATIENCE_S, Payload, Probe
from tests.contract.gateway.test_nodes import SAY_TOOL, approved, owner
from tests.contract.gateway.test_turns import text_of

__all__ = ["owner"]


@asynccontextmanager
async def tool_of_a_node(gateway: Gateway, owner: Probe) -> AsyncIterator[tuple[Probe, str]]:
    """A node with one tool, and the tool's name."""
    async with approved(gateway, owner, Device()) as node:
        name = f"say_{uuid.uuid4().hex[:8]}"
        await node.call("node.pluginTools.update", {"tools": [{**SAY_TOOL, "name": name}]})
        yield node, name


async def answer(node: Probe, invoked: Payload, **result: Any) -> None:
    """What a node answers to a command."""
    await node.call(
        "node.invoke.result", {"id": invoked["id"], "nodeId": invoked["nodeId"], **result}
    )


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
    given = await probe.call("tools.invoke", {"name": "session_status", "sessionKey": session})
    assert (given["ok"], given["toolName"], given["source"]) == (True, "session_status", "core")
    (part,) = given["output"]["content"]
    assert part["type"] == "text"
    assert "OpenClaw" in part["text"]


async def test_invoke_of_nothing(probe: Probe, session: str) -> None:
    """tools.invoke of a tool that the agent does not have: the request is answered, the tool not"""
    given = await probe.call("tools.invoke", {"name": "web_search", "sessionKey": session})
    assert given["ok"] is False
    assert given["error"] == {"code": "not_found", "message": "Tool not available: web_search"}
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
    """tools.invoke of a node's tool: the node gets the command with the session"""
    async with tool_of_a_node(gateway, owner) as (node, name):
        await probe.end(await probe.turn(session, "Good morning"))
        params = {"name": name, "args": {"text": "Hello."}, "sessionKey": session}
        asking = await probe.ask_only("tools.invoke", params)
        invoked = await node.event("node.invoke.request")
        assert (invoked["command"], invoked["sessionKey"]) == ("voice.say", session)
        await answer(node, invoked, ok=True, payload={"outcome": "spoken"})
        result = (await probe.answer(asking))["payload"]
        assert (result["ok"], result["source"]) == (True, "plugin")
        assert "spoken" in result["output"]["content"][0]["text"]


async def test_refused_by_a_node(
    gateway: Gateway, owner: Probe, probe: Probe, session: str
) -> None:
    """a node refuses an agent's tool call: the agent reads why; tools.invoke does not tell it"""
    refusal = {"code": "FORBIDDEN", "message": "not approved: a person in the call said no"}
    async with tool_of_a_node(gateway, owner) as (node, name):
        run = await probe.turn(session, f'#tool:{name} {{"text": "Hello."}}')
        invoked = await node.event("node.invoke.request")
        await answer(node, invoked, ok=False, error=refusal)
        assert refusal["message"] in text_of(await probe.end(run))
        params = {"name": name, "args": {"text": "Hello again."}, "sessionKey": session}
        asking = await probe.ask_only("tools.invoke", params)
        invoked = await node.event(
            "node.invoke.request", lambda each: "again" in each["paramsJSON"]
        )
        await answer(node, invoked, ok=False, error=refusal)
        failed = (await probe.answer(asking))["payload"]
        assert failed["error"] == {"code": "internal_error", "message": "tool execution failed"}


async def test_waiting_node(gateway: Gateway, owner: Probe, probe: Probe, session: str) -> None:
    """an agent's tool call gives a node 30 s: enough for a person's yes"""
    async with tool_of_a_node(gateway, owner) as (node, name):
        run = await probe.turn(session, f'#tool:{name} {{"text": "Hello."}}')
        invoked = await node.event("node.invoke.request")
        assert 29_000 <= invoked["timeoutMs"] <= 30_000
        await answer(node, invoked, ok=True, payload={"outcome": "spoken"})
        await probe.end(run)


async def test_sessions(probe: Probe, session: str) -> None:
    """sessions.list of one agent: the keys of its sessions"""
    await probe.end(await probe.turn(session, "Good morning"))
    listed = (await probe.call("sessions.list", {"agentId": "jarvis"}))["sessions"]
    assert session in [each["key"] for each in listed]
    assert all(each["key"].startswith("agent:jarvis:") for each in listed)


async def test_watched_session(gateway: Gateway, probe: Probe) -> None:
    """sessions.messages.subscribe: what a person writes on a channel, with their id there"""
    key = "agent:main:main"
    subscribed = await probe.call("sessions.messages.subscribe", {"key": key})
    assert subscribed == {"subscribed": True, "key": key}
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
    unsubscribed = await probe.call("sessions.messages.unsubscribe", {"key": key})
    assert unsubscribed == {"subscribed": False, "key": key}
