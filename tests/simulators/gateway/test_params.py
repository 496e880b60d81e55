"""Strictness, in the words of the real Gateway's validator."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.gateway.params import (
    AgentsListParams,
    ChatAbortParams,
    ChatHistoryParams,
    ChatSendParams,
    ConnectParams,
    Params,
    check_params,
    read_request,
)
from simulators.gateway.refusal import Refusal
from tests.simulators.gateway.raw_client import connect_params

SEND = {"sessionKey": "agent:a:b", "message": "Hi", "idempotencyKey": "k"}
CLIENT = {"id": "gateway-client", "version": "0", "platform": "linux", "mode": "backend"}


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        (connect_params(client=None), "must have required property 'client'"),
        (
            connect_params(client={**CLIENT, "id": "my-bot"}),
            "at /client/id: must be equal to one of the allowed values",
        ),
        (
            connect_params(client={**CLIENT, "mode": "operator"}),
            "at /client/mode: must be equal to one of the allowed values",
        ),
        (
            connect_params(client={"id": "test", "mode": "test", "version": "0"}),
            "at /client: must have required property 'platform'",
        ),
        (
            connect_params(client={**CLIENT, "name": "x"}),
            "at /client: unexpected property 'name'",
        ),
        (connect_params(bogus=1), "at root: unexpected property 'bogus'"),
        (connect_params(minProtocol="4"), "at /minProtocol: must be integer"),
        (connect_params(minProtocol=0), "at /minProtocol: must be >= 1"),
        (connect_params(scopes="operator.read"), "at /scopes: must be array"),
        (connect_params(client=7), "at /client: must be object"),
    ],
)
def test_connect(params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_params(ConnectParams, params, "connect")
    assert refused.value.message == f"invalid connect params: {complaint}"
    assert refused.value.code == "INVALID_REQUEST"
    assert refused.value.violation


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"speaker": "Alice"}, "at root: unexpected property 'speaker'"),
        ({"message": 5}, "at /message: must be string"),
        ({"queueMode": "zz"}, "at /queueMode: must be equal to one of the allowed values"),
        ({"timeoutMs": 1000.5}, "at /timeoutMs: must be integer"),
        ({"timeoutMs": True}, "at /timeoutMs: must be integer"),
        ({"timeoutMs": -1}, "at /timeoutMs: must be >= 0"),
        ({"sessionKey": ""}, "at /sessionKey: must not have fewer than 1 characters"),
        ({"sessionKey": "x" * 513}, "at /sessionKey: must not have more than 512 characters"),
        ({"session_key": "x"}, "at root: unexpected property 'session_key'"),
    ],
)
def test_chat_send(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_params(ChatSendParams, SEND | changes, "chat.send")
    assert refused.value.message == f"invalid chat.send params: {complaint}"


def test_the_default_queue_mode_is_the_trap() -> None:
    assert check_params(ChatSendParams, SEND, "chat.send").queue_mode == "steer"


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (ChatAbortParams, {"sessionKey": "k", "zz": 1}),
        (ChatHistoryParams, {}),
        (ChatHistoryParams, {"sessionKey": "k", "limit": 0}),
        (AgentsListParams, {"x": 1}),
    ],
)
def test_the_other_methods(model: type[Params], params: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        check_params(model, params, "method")


def test_frames() -> None:
    request = read_request('{"type":"req","id":"1","method":"m"}')
    assert request is not None
    assert (request.id, request.method, request.params) == ("1", "m", None)
    assert read_request("hello") is None


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"type":"res","id":"1","ok":true}',
        '{"type":"req","method":"m"}',
        '{"type":"req","id":"","method":"m"}',
        '{"type":"req","id":"1","method":"m","bogus":1}',
        '{"type":"req","id":"1","method":"m","params":[]}',
    ],
)
def test_what_is_no_request_frame(text: str) -> None:
    with pytest.raises(Refusal, match="invalid request frame"):
        read_request(text)
