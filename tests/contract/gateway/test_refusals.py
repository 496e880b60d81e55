"""Who is not let in, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway
from tests.contract.gateway.probe import Payload, client_info, connect_params, knock
from tests.contract.gateway.test_handshake import paired

POLICY, PROTOCOL = 1008, 1002


@dataclass(frozen=True)
class Refused:
    """``connect`` params, and the answer to them."""

    params: Callable[[Payload, str], Payload]
    code: str
    detail: str | None
    close: int = POLICY
    says: str = ""


def plain(**changes: Any) -> Callable[[Payload, str], Payload]:
    return lambda challenge, token: connect_params(token, **changes)


def signed(**wrong: Any) -> Callable[[Payload, str], Payload]:
    """By a device whose proof is wrong in that point."""
    return lambda challenge, token: connect_params(
        token, **Device().params(challenge, token, **wrong)
    )


def _garbage_token(challenge: Payload, token: str) -> Payload:
    changes = Device().params(challenge, "x" * 43, auth={"deviceToken": "x" * 43})
    return connect_params("", **changes)


REFUSALS = {
    "wrong shared token": Refused(
        lambda challenge, token: connect_params("wrong"), "INVALID_REQUEST", "AUTH_TOKEN_MISMATCH"
    ),
    "no token, no device": Refused(plain(auth=None), "NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED"),
    "garbage device token": Refused(
        _garbage_token, "INVALID_REQUEST", "AUTH_DEVICE_TOKEN_MISMATCH"
    ),
    "wrong nonce": Refused(
        signed(nonce="another"), "INVALID_REQUEST", "DEVICE_AUTH_NONCE_MISMATCH"
    ),
    "old signature": Refused(
        signed(signedAt=1_700_000_000_000), "INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_EXPIRED"
    ),
    "bad signature": Refused(
        signed(signature="A" * 86), "INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_INVALID"
    ),
    "id is not the key's hash": Refused(
        signed(id="0" * 64), "INVALID_REQUEST", "DEVICE_AUTH_DEVICE_ID_MISMATCH"
    ),
    "protocol 3 only": Refused(
        plain(minProtocol=3, maxProtocol=3), "INVALID_REQUEST", "PROTOCOL_MISMATCH", PROTOCOL
    ),
    "protocol 5 on": Refused(
        plain(minProtocol=5, maxProtocol=6), "INVALID_REQUEST", "PROTOCOL_MISMATCH", PROTOCOL
    ),
    "role unheard of": Refused(plain(role="emperor"), "INVALID_REQUEST", None, says="role"),
    "client of its own name": Refused(
        plain(client=client_info("openclaw-voice", "backend")),
        "INVALID_REQUEST",
        None,
        says="invalid connect params: at /client/id",
    ),
    "mode of its own name": Refused(
        plain(client=client_info("gateway-client", "operator")),
        "INVALID_REQUEST",
        None,
        says="invalid connect params: at /client/mode",
    ),
    "field unheard of": Refused(
        plain(colour="red"), "INVALID_REQUEST", None, says="unexpected property 'colour'"
    ),
    "field missing": Refused(
        plain(client=None), "INVALID_REQUEST", None, says="must have required property 'client'"
    ),
    "web page": Refused(
        plain(client=client_info("webchat", "webchat")),
        "INVALID_REQUEST",
        "CONTROL_UI_ORIGIN_NOT_ALLOWED",
    ),
    "node without a device": Refused(
        plain(client=client_info("node-host", "node"), role="node", scopes=[]),
        "NOT_PAIRED",
        "DEVICE_IDENTITY_REQUIRED",
    ),
}


@pytest.mark.parametrize("cause", REFUSALS)
async def test_refusal(gateway: Gateway, cause: str) -> None:
    """refused, and closed"""
    refused = REFUSALS[cause]
    async with knock(gateway.url) as probe:
        params = refused.params(probe.challenge, gateway.token)
        error = await probe.refusal("connect", params)
        assert (error["code"], (error.get("details") or {}).get("code")) == (
            refused.code,
            refused.detail,
        ), error
        assert refused.says in error["message"]
        code, reason = await probe.closed()
        assert code == refused.close
        assert reason
        assert error["message"].startswith(reason.removesuffix("...")[:60])


@pytest.mark.parametrize(
    ("field", "detail"),
    [("deviceToken", "AUTH_DEVICE_TOKEN_MISMATCH"), ("token", "AUTH_TOKEN_MISMATCH")],
)
async def test_device_token_of_another(gateway: Gateway, field: str, detail: str) -> None:
    """refused, and closed: device token of another device"""
    token = await paired(gateway, Device())
    async with knock(gateway.url) as probe:
        params = Device().params(probe.challenge, token, auth={field: token})
        error = await probe.refusal("connect", connect_params("", **params))
        assert error["code"] == "INVALID_REQUEST"
        assert error["details"]["code"] == detail
        assert (await probe.closed())[0] == POLICY


async def test_too_many_failures(gateway: Gateway) -> None:
    """refused, and closed: after ten failures from one address, even with the right token"""
    address = {"X-Forwarded-For": "198.51.100.7"}
    for token in [*10 * ["wrong"], gateway.token]:
        async with knock(gateway.url, address) as probe:
            error = await probe.refusal("connect", connect_params(token))
    assert error["details"]["code"] == "AUTH_RATE_LIMITED"
    assert error["retryable"] is True
    assert 290_000 < error["retryAfterMs"] <= 300_000


async def test_device_token_with_more_scopes(gateway: Gateway) -> None:
    """refused, and closed: device token with more scopes than were approved"""
    device = Device()
    token = await paired(gateway, device)
    async with knock(gateway.url) as probe:
        scopes = ["operator.read", "operator.write", "operator.admin"]
        params = device.params(probe.challenge, token, scopes=scopes, auth={"deviceToken": token})
        error = await probe.refusal("connect", connect_params("", **params))
        assert error["code"] == "INVALID_REQUEST"
        assert error["details"]["code"] == "AUTH_SCOPE_MISMATCH"
        assert (await probe.closed())[0] == POLICY


async def test_other_request_first(gateway: Gateway) -> None:
    """refused, and closed: another request before connect"""
    async with knock(gateway.url) as probe:
        error = await probe.refusal("agents.list")
        assert error["code"] == "INVALID_REQUEST"
        assert "first request must be connect" in error["message"]
        assert (await probe.closed())[0] == POLICY


async def test_no_json_first(gateway: Gateway) -> None:
    """closed without an answer: no JSON before connect"""
    async with knock(gateway.url) as probe:
        await probe.send("good morning")
        assert await probe.closed() == (1000, "")
