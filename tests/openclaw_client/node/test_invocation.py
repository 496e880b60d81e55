"""A node's frames, as the real Gateway was seen to send them."""

from __future__ import annotations

import pytest

from openclaw_client.errors import BadArguments, ProtocolViolation
from openclaw_client.node.invocation import Answer, Invocation, NodeList
from openclaw_client.protocol.frames import read_payload

SEEN = {
    "id": "57b53bef-6976-4039-ae91-99179c14ced7",
    "nodeId": "2969f502",
    "command": "voice.say",
    "paramsJSON": '{"text":"good evening"}',
    "timeoutMs": 29988,
    "idempotencyKey": "tool_search_code:call_115a75fe8b16:voice_say:1",
    "sessionKey": "agent:jarvis:discord:dm:430812336788349554",
}


def test_a_request_is_read_with_its_arguments_as_text() -> None:
    read = read_payload(Invocation, SEEN, "node.invoke.request")
    assert read.params_json == '{"text":"good evening"}'
    assert (read.timeout_ms, read.session_key) == (29988, SEEN["sessionKey"])


def test_without_arguments_session_or_key_it_is_one_too() -> None:
    read = read_payload(
        Invocation,
        {"id": "1", "nodeId": "n", "command": "voice.status", "paramsJSON": None, "new": True},
        "node.invoke.request",
    )
    assert (read.params_json, read.session_key, read.idempotency_key) == (None, None, None)


def test_one_that_is_none_is_refused_without_its_content() -> None:
    with pytest.raises(ProtocolViolation) as refused:
        read_payload(Invocation, {**SEEN, "command": 7}, "node.invoke.request")
    assert "good evening" not in str(refused.value)


def test_a_list_of_nodes_is_read_for_what_we_need_of_it() -> None:
    row = {"nodeId": "n", "approvalState": "approved", "commands": ["voice.say"], "caps": []}
    (read,) = read_payload(NodeList, {"ts": 1, "nodes": [row]}, "node.list").nodes
    assert (read.commands, read.pending_request_id) == (["voice.say"], None)


def test_a_refusal_carries_its_code() -> None:
    answer = Answer.refused(BadArguments("text is missing"))
    assert (answer.code, answer.message) == ("INVALID_REQUEST", "text is missing")
