"""Frames and payloads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_client.errors import ProtocolViolation
from openclaw_client.protocol.frames import Event, Request, Response, decode_frame, encode_request
from openclaw_client.protocol.handshake import HelloOk, connect_params
from openclaw_client.protocol.payloads import AgentsList, ChatEvent, chat_send_params, message_text
from openclaw_client.protocol.wire import read_payload
from simulators.gateway.params import ChatSendParams, ConnectParams, check_params
from testing.gateways import hello


def test_the_three_frames() -> None:
    event = decode_frame('{"type":"event","event":"tick","payload":{"ts":1},"seq":3,"new":1}')
    assert event == Event(event="tick", payload={"ts": 1}, seq=3)
    answer = decode_frame('{"type":"res","id":"1","ok":true,"payload":[]}')
    assert answer == Response(id="1", ok=True, payload=[])
    request = decode_frame('{"type":"req","id":"1","method":"m","params":{}}')
    assert request == Request(id="1", method="m", params={})


def test_an_error_answer() -> None:
    answer = decode_frame(
        '{"type":"res","id":"1","ok":false,"error":{"code":"UNAVAILABLE","message":"later",'
        '"retryable":true,"retryAfterMs":500,"details":{"reason":"startup-sidecars"}}}'
    )
    assert isinstance(answer, Response)
    assert answer.error is not None
    assert answer.error.retry_after_ms == 500
    assert answer.error.detail("reason") == "startup-sidecars"
    assert answer.error.detail("code") is None


def test_details_may_be_anything() -> None:
    answer = decode_frame(
        '{"type":"res","id":"1","ok":false,"error":{"code":"X","message":"m","details":"words"}}'
    )
    assert isinstance(answer, Response)
    assert answer.error is not None
    assert answer.error.detail("code") is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "JSON"),
        ("hello", "JSON"),
        ("[]", "object"),
        ("{}", "type"),
        ('{"type":"poem"}', "type"),
        ('{"type":"event"}', "event"),
        ('{"type":"event","event":"tick","seq":"3"}', "seq"),
        ('{"type":"res","id":7,"ok":true}', "id"),
        ('{"type":"res","id":"7","ok":1}', "ok"),
    ],
)
def test_what_is_no_frame(text: str, where: str) -> None:
    with pytest.raises(ProtocolViolation, match=where):
        decode_frame(text)


@given(st.text() | st.binary())
def test_no_text_gets_further_than_a_complaint(text: str | bytes) -> None:
    with pytest.raises(ProtocolViolation):
        decode_frame(text)


def test_a_complaint_does_not_quote_what_it_complains_of() -> None:
    with pytest.raises(ProtocolViolation) as violation:
        decode_frame('{"type":"res","id":{"secret":"hunter2"},"ok":true}')
    assert "hunter2" not in str(violation.value)


def test_a_hello_of_a_later_release_still_reads() -> None:
    read = read_payload(HelloOk, hello(somethingNew={}), "hello-ok")
    assert read.auth.scopes == ["operator.read", "operator.write"]
    assert read.policy.tick_interval_ms == 30_000


def test_a_hello_without_scopes_does_not() -> None:
    with pytest.raises(ProtocolViolation, match=r"hello-ok.*auth/scopes"):
        read_payload(HelloOk, hello(auth={"role": "operator"}), "hello-ok")


def test_a_chat_event_as_captured() -> None:
    event = read_payload(
        ChatEvent,
        {
            "runId": "t1",
            "sessionKey": "agent:jarvis:discord:dm:1",
            "agentId": "jarvis",
            "seq": 6,
            "state": "delta",
            "deltaText": "At once,",
            "message": {
                "role": "assistant",
                "content": [{"type": "text", "text": "At once,"}],
                "timestamp": 1795211295772,
            },
        },
        "a chat event",
    )
    assert event.delta_text == "At once,"
    assert message_text(event.message) == "At once,"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "plain"}, "plain"),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
        ({"content": [{"type": "image"}, "odd", {"text": 7}]}, ""),
        ({"content": None}, None),
        ({}, None),
        (None, None),
        ("text", None),
    ],
)
def test_the_text_of_a_message(message: object, text: str | None) -> None:
    assert message_text(message) == text


def test_agents_list() -> None:
    rows = {"defaultId": "main", "agents": [{"id": "main", "name": "Main"}, {"id": "sage"}]}
    assert [agent.id for agent in read_payload(AgentsList, rows, "x").agents] == ["main", "sage"]


def test_we_send_only_what_the_gateway_knows() -> None:
    check_params(ConnectParams, connect_params("secret", "instance"), "connect")
    params = chat_send_params("agent:a:b", "Hi", "run", 2.5)
    assert check_params(ChatSendParams, params, "chat.send").timeout_ms == 2_500


def test_we_never_ask_for_admin_nor_leave_the_queue_mode_to_chance() -> None:
    assert connect_params("secret", "i")["scopes"] == ["operator.read", "operator.write"]
    assert chat_send_params("agent:a:b", "Hi", "run", 1)["queueMode"] == "interrupt"


def test_without_a_token_none_is_sent() -> None:
    assert "auth" not in connect_params("", "instance")


def test_requests_on_the_wire() -> None:
    assert json.loads(encode_request("1", "m", {"text": "Grüße"})) == {
        "type": "req",
        "id": "1",
        "method": "m",
        "params": {"text": "Grüße"},
    }
