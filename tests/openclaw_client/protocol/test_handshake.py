"""The handshake: refusals, their advice, scopes and roles."""

from __future__ import annotations

import pytest

from openclaw_client.errors import MissingScope
from openclaw_client.protocol.frames import ErrorShape
from openclaw_client.protocol.handshake import (
    OPERATOR,
    check_scopes,
    connect_params,
    node_role,
    refusal,
)
from simulators.gateway.params import ConnectParams, check_params

URL = "ws://127.0.0.1:18789"


def shape(code: str, detail: str | None = None, **more: object) -> ErrorShape:
    details = {"code": detail} if detail else None
    return ErrorShape.model_validate(
        {"code": code, "message": "no", "details": details, **more}, strict=False
    )


@pytest.mark.parametrize(
    ("code", "detail", "heals", "advice"),
    [
        ("INVALID_REQUEST", "AUTH_TOKEN_MISMATCH", False, "OPENCLAW_AUTH_TOKEN"),
        ("NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED", False, "OPENCLAW_AUTH_TOKEN"),
        ("INVALID_REQUEST", "PROTOCOL_MISMATCH", False, "update"),
        ("INVALID_REQUEST", "DEVICE_AUTH_SIGNATURE_INVALID", False, "SIGNATURE_INVALID"),
        ("INVALID_REQUEST", None, False, "INVALID_REQUEST"),
        ("SOMETHING_NEW", None, False, "SOMETHING_NEW"),
        ("NOT_PAIRED", "PAIRING_REQUIRED", True, "approve"),
    ],
)
def test_refusals(code: str, detail: str | None, heals: bool, advice: str) -> None:
    error = refusal(shape(code, detail), URL)
    assert error.heals is heals
    assert error.code == (detail or code)
    assert advice in str(error)
    assert URL in str(error)


def test_a_gateway_that_is_starting_is_worth_waiting_for() -> None:
    error = refusal(shape("UNAVAILABLE", retryable=True, retryAfterMs=500), URL)
    assert error.heals
    assert error.retry_after_s == 0.5


def test_a_lock_out_is_sat_out() -> None:
    error = refusal(shape("INVALID_REQUEST", "AUTH_RATE_LIMITED", retryAfterMs=299_991), URL)
    assert error.heals
    assert error.retry_after_s == pytest.approx(299.991)


def test_pairing_names_the_command() -> None:
    details = {"code": "PAIRING_REQUIRED", "requestId": "abc-1"}
    error = refusal(ErrorShape(code="NOT_PAIRED", message="no", details=details), URL)
    assert "openclaw devices approve abc-1" in str(error)
    assert error.details["requestId"] == "abc-1"
    assert error.retry_after_s == 5.0, "whoever approves does not wait long, and nobody hammers"


@pytest.mark.parametrize(
    "granted",
    [
        ["operator.read", "operator.write"],
        ["operator.write"],
        ["operator.admin"],
        ["operator.pairing", "operator.write"],
    ],
)
def test_enough_scopes(granted: list[str]) -> None:
    check_scopes(OPERATOR.scopes, granted, URL)


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ([], ("operator.read", "operator.write")),
        (["operator.read"], ("operator.write",)),
        (["operator.pairing"], ("operator.read", "operator.write")),
    ],
)
def test_too_few_scopes_are_named(granted: list[str], missing: tuple[str, ...]) -> None:
    with pytest.raises(MissingScope, match=r"operator\.write") as lacking:
        check_scopes(OPERATOR.scopes, granted, URL)
    assert lacking.value.missing == missing
    assert lacking.value.granted == tuple(granted)
    assert not lacking.value.heals


def test_an_operator_never_asks_for_admin_and_offers_nothing() -> None:
    assert OPERATOR.scopes == ("operator.read", "operator.write")
    assert "commands" not in connect_params("secret", "i")


def test_a_node_has_no_scopes_and_names_its_commands() -> None:
    params = connect_params("secret", "i", role=node_role(["voice.say", "voice.join"]))
    read = check_params(ConnectParams, params, "connect")
    assert (read.role, read.client.id, read.client.mode) == ("node", "node-host", "node")
    assert (read.scopes, read.commands) == ([], ["voice.say", "voice.join"])
    assert read.client.display_name == "openclaw-voice"
