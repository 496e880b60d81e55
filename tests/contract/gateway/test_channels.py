"""Messages to people over the Gateway's channels: ``send``."""

from __future__ import annotations

import uuid

import pytest

from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Payload, Probe


@pytest.fixture
def key() -> str:
    """An idempotency key that no other case uses."""
    return uuid.uuid4().hex


def message(key: str, text: str = "", **more: object) -> Payload:
    return {
        "channel": "telegram",
        "to": "42",
        "message": text or f"gpu0 is at 91 C {key}",
        "idempotencyKey": key,
        **more,
    }


async def test_send(gateway: Gateway, probe: Probe, key: str) -> None:
    """send: the message is at the channel's provider, and the answer has its id there"""
    answer = await probe.call("send", message(key))
    assert (answer["runId"], answer["channel"]) == (key, "telegram")
    assert answer["messageId"]
    assert gateway.messages(key) == [("42", f"gpu0 is at 91 C {key}", False)]


async def test_silent(gateway: Gateway, probe: Probe, key: str) -> None:
    """send with silent: the provider is told to make no sound"""
    await probe.call("send", message(key, silent=True))
    assert gateway.messages(key) == [("42", f"gpu0 is at 91 C {key}", True)]


async def test_same_key(gateway: Gateway, probe: Probe, key: str) -> None:
    """send: one idempotency key is sent once, also over another connection"""
    first = await probe.call("send", message(key))
    assert await probe.call("send", message(key)) == first
    async with let_in(gateway) as another:
        assert await another.call("send", message(key)) == first
    assert len(gateway.messages(key)) == 1


async def test_without_channel(gateway: Gateway, probe: Probe, key: str) -> None:
    """send without a channel: the only configured one"""
    params = message(key)
    del params["channel"]
    assert (await probe.call("send", params))["channel"] == "telegram"


async def test_unknown_channel(gateway: Gateway, probe: Probe, key: str) -> None:
    """send to a channel that is not there is refused by its name"""
    error = await probe.refusal("send", message(key, channel="whatsapp"))
    assert (error["code"], error["message"]) == (
        "INVALID_REQUEST",
        "unsupported channel: whatsapp",
    )


async def test_missing(probe: Probe, key: str) -> None:
    """send without a recipient, a key or a text is refused"""
    for missing in ("to", "idempotencyKey"):
        params = message(key)
        del params[missing]
        error = await probe.refusal("send", params)
        assert error["message"] == f"invalid send params: must have required property '{missing}'"
    error = await probe.refusal("send", message(key) | {"message": ""})
    assert error["message"] == "invalid send params: text or media is required"


async def test_send_scope(gateway: Gateway, key: str) -> None:
    """send needs the write scope"""
    async with let_in(gateway, scopes=["operator.read"]) as reader:
        error = await reader.refusal("send", message(key))
    assert error["message"] == "missing scope: operator.write"
