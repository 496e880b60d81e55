"""Requests that are wrong, or not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Probe, client_info, connect_params, knock

KEY = "agent:jarvis:discord:dm:1"
SEND = {"sessionKey": KEY, "message": "hello", "idempotencyKey": "wrong"}
VALID: dict[str, dict[str, Any]] = {
    "chat.send": SEND,
    "chat.abort": {"sessionKey": KEY},
    "chat.history": {"sessionKey": KEY},
    "agent.wait": {"runId": "r"},
    "agents.list": {},
}


@pytest.mark.parametrize("method", VALID)
async def test_unknown_param(probe: Probe, method: str) -> None:
    """an unknown param is refused by name"""
    error = await probe.refusal(method, VALID[method] | {"colour": "red"})
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"] == f"invalid {method} params: at root: unexpected property 'colour'"


@pytest.mark.parametrize(
    ("method", "params", "complaint"),
    [
        ("chat.send", {"sessionKey": KEY, "idempotencyKey": "k"}, "required property 'message'"),
        ("chat.send", SEND | {"timeoutMs": "1"}, "at /timeoutMs: must be integer"),
        ("chat.send", SEND | {"timeoutMs": 1.5}, "at /timeoutMs: must be integer"),
        ("chat.send", SEND | {"timeoutMs": -1}, "at /timeoutMs: must be >= 0"),
        ("chat.send", SEND | {"message": 1}, "at /message: must be string"),
        ("chat.send", SEND | {"idempotencyKey": ""}, "at /idempotencyKey: must not have fewer"),
        ("chat.send", SEND | {"queueMode": "push"}, "at /queueMode: must be equal to one of"),
        ("chat.send", SEND | {"deliver": "no"}, "at /deliver: must be boolean"),
        ("chat.send", SEND | {"sessionKey": 513 * "x"}, "at /sessionKey: must not have more"),
        ("chat.history", {"sessionKey": KEY, "limit": 0}, "at /limit: must be >= 1"),
        ("chat.history", {"sessionKey": KEY, "limit": 1001}, "at /limit: must be <= 1000"),
        ("agent.wait", {"runId": ""}, "at /runId: must not have fewer than 1 characters"),
        ("agent.wait", {}, "must have required property 'runId'"),
        ("chat.history", {}, "must have required property 'sessionKey'"),
    ],
)
async def test_wrong_param(
    probe: Probe, method: str, params: Mapping[str, Any], complaint: str
) -> None:
    """a missing param, or one of another type or out of range, is refused by name"""
    error = await probe.refusal(method, params)
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"].startswith(f"invalid {method} params: ")
    assert complaint in error["message"]


@pytest.mark.parametrize("method", ["chat.send", "chat.abort"])
@pytest.mark.parametrize("key", [{}, {"sessionKey": ""}, {"sessionKey": 1}])
async def test_no_session_key(probe: Probe, method: str, key: dict[str, Any]) -> None:
    """a request that changes a session is refused without a session key"""
    params = {name: value for name, value in VALID[method].items() if name != "sessionKey"}
    error = await probe.refusal(method, params | key)
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"] == "session mutation target is unavailable"
    assert error["details"] == {"code": "SESSION_MUTATION_TARGET_REQUIRED", "method": method}


async def test_empty_message(probe: Probe) -> None:
    """a message of white space only is refused"""
    error = await probe.refusal("chat.send", SEND | {"message": "  "})
    assert error["code"] == "INVALID_REQUEST"
    assert "message or attachment required" in error["message"]


@pytest.mark.parametrize(
    ("scopes", "method", "missing"),
    [
        ([], "agents.list", "operator.read"),
        ([], "chat.history", "operator.read"),
        ([], "chat.send", "operator.write"),
        (["operator.read"], "chat.send", "operator.write"),
        (["operator.read"], "chat.abort", "operator.write"),
        (["operator.read"], "agent.wait", "operator.write"),
        (["operator.read", "operator.write"], "sessions.reset", "operator.admin"),
    ],
)
async def test_missing_scope(
    gateway: Gateway, scopes: list[str], method: str, missing: str
) -> None:
    """a method without the needed scope is refused; the error names the scope"""
    async with let_in(gateway, scopes=scopes) as probe:
        error = await probe.refusal(method, VALID.get(method, {"key": KEY}))
        assert error["code"] == "FORBIDDEN"
        assert error["message"] == f"missing scope: {missing}"
        assert error["details"] == {
            "code": "MISSING_SCOPE",
            "missingScope": missing,
            "requiredScopes": [missing],
        }


@pytest.mark.parametrize("scopes", [["operator.write"], ["operator.admin"]])
async def test_greater_scope(gateway: Gateway, scopes: list[str]) -> None:
    """the scope write includes read; admin includes all"""
    async with let_in(gateway, scopes=scopes) as probe:
        await probe.call("agents.list")
        await probe.call("agent.wait", {"runId": "nobody-knows", "timeoutMs": 0})


async def test_admin_field(probe: Probe) -> None:
    """a field of chat.send for admins is refused"""
    error = await probe.refusal("chat.send", SEND | {"suppressCommandInterpretation": True})
    assert "admin" in error["message"]


async def test_unknown_method(probe: Probe, gateway: Gateway) -> None:
    """an unknown method asks for admin first"""
    error = await probe.refusal("chat.sing")
    assert (error["code"], error["message"]) == ("FORBIDDEN", "missing scope: operator.admin")
    async with let_in(gateway, scopes=["operator.admin"]) as admin:
        error = await admin.refusal("chat.sing")
        assert (error["code"], error["message"]) == ("INVALID_REQUEST", "unknown method: chat.sing")


async def test_second_connect(probe: Probe, gateway: Gateway) -> None:
    """a second connect is refused, and the connection stays"""
    error = await probe.refusal("connect", connect_params(gateway.token))
    assert (error["code"], error["message"]) == ("FORBIDDEN", "missing scope: operator.admin")
    await probe.call("agents.list")


async def test_node_may_not_chat(gateway: Gateway) -> None:
    """a node may not call an operator's methods"""
    async with knock(gateway.url) as probe:
        client = client_info("node-host", "node")
        proof = Device().params(
            probe.challenge, gateway.token, client=client, role="node", scopes=[]
        )
        await probe.call("connect", connect_params(gateway.token, **proof))
        error = await probe.refusal("chat.send", SEND)
        assert error["code"] == "INVALID_REQUEST"
        assert error["message"] == "unauthorized role: node"


@pytest.mark.parametrize(
    ("text", "ident", "complaint"),
    [
        ('{"type":"req","id":"1"}', "1", "must have required property 'method'"),
        ('{"type":"req","id":"1","method":"x","colour":1}', "1", "unexpected property 'colour'"),
        ('{"type":"event","event":"x"}', "invalid", "must have required property 'id'"),
        ("[]", "invalid", "must be object"),
        ('"hello"', "invalid", "must be object"),
    ],
)
async def test_no_request(probe: Probe, text: str, ident: str, complaint: str) -> None:
    """a frame that is not a request is refused after hello-ok; the connection stays"""
    await probe.send(text)
    error = (await probe.answer(ident))["error"]
    assert error["code"] == "INVALID_REQUEST"
    assert error["message"].startswith("invalid request frame: ")
    assert complaint in error["message"]
    await probe.call("agents.list")


async def test_no_json(probe: Probe) -> None:
    """a text that is not JSON is ignored after hello-ok"""
    await probe.send("good morning")
    await probe.call("agents.list")
