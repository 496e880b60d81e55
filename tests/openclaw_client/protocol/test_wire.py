"""Which malformed parts of a payload are tolerated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from openclaw_client import AgentInfo, OpenClawClient
from openclaw_client.errors import GatewayRefused, ProtocolViolation, RequestFailed
from openclaw_client.protocol.frames import Response, decode_frame
from openclaw_client.protocol.handshake import HelloOk
from openclaw_client.protocol.limits import MAX_REASON_CHARS
from openclaw_client.protocol.payloads import (
    AgentsList,
    ChatEvent,
    ChatHistory,
    NodeRow,
    RunOutcome,
)
from openclaw_client.protocol.wire import read_payload
from testing.gateways import config_for, greet, hello, odd_gateway, say

ODD_ROWS: list[Any] = [
    *(None, 7, "main", [], {}, {"name": "no id"}),
    *({"id": 7}, {"id": None}, {"id": ""}, {"id": "no such: id"}, {"id": "a" * 65}),
]


async def asked(method: str, *answers: dict[str, Any]) -> tuple[list[AgentInfo], list[NodeRow]]:
    """What a client makes of these answers to ``method``: the agents, or the nodes."""
    left = list(answers)

    async def behave(connection: ServerConnection) -> None:
        await greet(connection)
        while True:
            request = json.loads(await connection.recv())
            assert request["method"] == method
            await say(connection, {"type": "res", "id": request["id"], **left.pop(0)})

    async with odd_gateway(behave) as url, OpenClawClient(config_for(url)) as client:
        if method == "node.list":
            return [], await client.nodes()
        return await client.list_agents(), []


@pytest.mark.parametrize("odd", ODD_ROWS, ids=str)
async def test_one_malformed_agent_does_not_hide_the_others(odd: object) -> None:
    rows = [{"id": "sage"}, odd, {"id": "main", "name": "Main"}]
    agents, _ = await asked(
        "agents.list", {"ok": True, "payload": {"defaultId": "main", "agents": rows}}
    )
    assert agents == [AgentInfo("sage"), AgentInfo("main", "Main", default=True)]


async def test_an_agent_with_an_odd_name_is_there_without_one_and_once() -> None:
    rows = [{"id": "main", "name": ["Main"]}, {"id": "Main", "name": 7}, {"id": "sage"}]
    agents, _ = await asked(
        "agents.list", {"ok": True, "payload": {"defaultId": ["main"], "agents": rows}}
    )
    assert agents == [AgentInfo("main"), AgentInfo("sage")]


@pytest.mark.parametrize("payload", [None, 7, [], {}, {"agents": None}, {"agents": {"id": "main"}}])
def test_what_is_no_list_of_agents_is_refused(payload: object) -> None:
    with pytest.raises(ProtocolViolation):
        read_payload(AgentsList, payload, "x")


async def test_one_malformed_node_does_not_hide_the_others() -> None:
    own = {
        "nodeId": "n",
        "approvalState": None,
        "commands": ["voice.say", 7, None],
        "pendingRequestId": 7,
    }
    rows = [None, {"nodeId": 7}, own, "n"]
    _, nodes = await asked("node.list", {"ok": True, "payload": {"nodes": rows}})
    assert nodes == [NodeRow(node_id="n", commands=["voice.say"])]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ({"code": "NOT_NOW"}, "no reason given (NOT_NOW)"),
        ({"message": "no"}, "no (UNKNOWN)"),
        ({"code": 7, "message": ["no"], "details": 7}, "no reason given (UNKNOWN)"),
        ({"code": "X", "message": "no", "retryable": "yes", "retryAfterMs": "soon"}, "no (X)"),
        ("not today", "not today (UNKNOWN)"),
    ],
)
async def test_a_refusal_of_an_odd_shape_is_a_refusal(error: object, told: str) -> None:
    with pytest.raises(RequestFailed) as refused:
        await asked("agents.list", {"ok": False, "error": error})
    assert str(refused.value) == f"the Gateway refused agents.list: {told}"
    assert refused.value.retry_after_s is None


@pytest.mark.parametrize("error", [None, 7, ["no"]])
async def test_a_refusal_without_an_error_is_a_protocol_violation(error: object) -> None:
    with pytest.raises(ProtocolViolation, match="without an error"):
        await asked("agents.list", {"ok": False, "error": error})


async def test_a_refused_handshake_without_a_message_keeps_its_meaning() -> None:
    async def behave(connection: ServerConnection) -> None:
        details = {"code": "AUTH_TOKEN_MISMATCH", "requestId": "r" * 1_000_000}
        error = {"code": "C" * 1_000_000, "details": details}
        await greet(connection, {"ok": False, "error": error})

    async with odd_gateway(behave) as url:
        client = OpenClawClient(config_for(url))
        with pytest.raises(GatewayRefused, match="OPENCLAW_AUTH_TOKEN") as refused:
            await client.connect()
    assert refused.value.final
    assert refused.value.code == "AUTH_TOKEN_MISMATCH"


@pytest.mark.parametrize("field", ["code", "message"])
def test_a_reason_without_end_has_one(field: str) -> None:
    error = {"code": "X", "message": "no", field: "long " * 200_000}
    answer = decode_frame(json.dumps({"type": "res", "id": "1", "ok": False, "error": error}))
    assert isinstance(answer, Response)
    assert answer.error is not None
    assert len(getattr(answer.error, field)) == MAX_REASON_CHARS


def test_a_detail_without_end_has_one() -> None:
    details = {"code": "X" * 1_000_000, "kept": 7}
    error = {"code": "X", "message": "no", "details": details}
    answer = decode_frame(json.dumps({"type": "res", "id": "1", "ok": False, "error": error}))
    assert isinstance(answer, Response)
    assert answer.error is not None
    assert len(answer.error.detail("code")) == MAX_REASON_CHARS
    assert answer.error.detail("kept") == 7


@pytest.mark.parametrize("server", [None, 7, {}, {"version": 7, "bootId": ["b"], "connId": None}])
def test_a_hello_of_a_server_that_does_not_say_who_it_is_holds(server: object) -> None:
    read = read_payload(HelloOk, hello(server=server), "hello-ok")
    assert (read.server.version, read.server.boot_id) == ("", "")


@pytest.mark.parametrize("token", [None, "", 7, ["t"]])
def test_a_hello_with_a_token_that_is_none_issues_none(token: object) -> None:
    auth = {"role": "operator", "scopes": ["operator.read", 7, None], "deviceToken": token}
    read = read_payload(HelloOk, hello(auth=auth), "hello-ok")
    assert read.auth.device_token is None
    assert read.auth.scopes == ["operator.read"]


@pytest.mark.parametrize("tick_ms", [0, 1, 0.001, -5, 3_600_001, "soon", None, True, 10**400])
def test_a_tick_that_no_gateway_has_is_the_usual_one(tick_ms: object) -> None:
    read = read_payload(HelloOk, hello(policy={"tickIntervalMs": tick_ms}), "hello-ok")
    assert read.policy.tick_interval_ms == 30_000


def test_a_failed_run_with_a_malformed_reason_has_failed() -> None:
    event = {"runId": "r", "sessionKey": "k", "state": "error", "errorMessage": {}, "errorKind": 7}
    read = read_payload(ChatEvent, event, "x")
    assert (read.state, read.error_message, read.error_kind) == ("error", None, None)


def test_a_run_outcome_is_valid_without_its_texts() -> None:
    outcome = {
        "runId": "r",
        "status": "error",
        "endedAt": 5,
        "error": {"message": "no"},
        "stopReason": 7,
        "terminalReply": "none",
    }
    read = read_payload(RunOutcome, outcome, "x")
    assert (read.ended_at, read.error, read.stop_reason, read.terminal_reply) == (5, *[None] * 3)
    history = read_payload(ChatHistory, {"messages": None, "inFlightRun": [7]}, "x")
    assert (history.messages, history.in_flight_run) == ([], None)
