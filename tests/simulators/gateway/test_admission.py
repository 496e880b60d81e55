"""Who gets in, with which rights, and each refusal with its code."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_client.identity.device_key import DeviceKey
from openclaw_client.protocol.handshake import OPERATOR, Role, node_role
from openclaw_client.protocol.handshake import connect_params as bot_params
from simulators.gateway.admission import Admission, Authenticator
from simulators.gateway.params import ConnectParams, check_params
from simulators.gateway.refusal import Refusal
from testing.gateways import TOKEN
from tests.simulators.gateway.device import NONCE, NOW, SCOPES, Device, client
from tests.simulators.gateway.raw_client import connect_params


def admit(keeper: Authenticator, **changes: Any) -> Admission:
    params = check_params(ConnectParams, connect_params(**changes), "connect")
    return keeper.admit(params, NONCE, NOW)


def code_of(keeper: Authenticator, **changes: Any) -> tuple[str, str | None, int]:
    """error.code, details.code and the close code of a refusal."""
    with pytest.raises(Refusal) as refused:
        admit(keeper, **changes)
    one = refused.value
    return one.code, (one.details or {}).get("code"), one.close


# -- without a device key --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ident", "mode", "granted"),
    [
        ("gateway-client", "backend", SCOPES),
        ("cli", "cli", SCOPES),
        ("gateway-client", "ui", ()),
        ("test", "test", ()),
        ("test", "backend", ()),
    ],
)
def test_on_loopback(ident: str, mode: str, granted: tuple[str, ...]) -> None:
    admission = admit(Authenticator(TOKEN), client=client(ident, mode))
    assert admission.scopes == granted
    assert admission.device_token is None


def test_from_elsewhere_the_scopes_are_dropped_without_a_word() -> None:
    assert admit(Authenticator(TOKEN, remote=True)).scopes == ()


def test_the_password_field_serves_as_well() -> None:
    assert admit(Authenticator(TOKEN), auth={"password": TOKEN}).scopes == SCOPES


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"auth": {"token": "nope"}}, ("INVALID_REQUEST", "AUTH_TOKEN_MISMATCH", 1008)),
        ({"auth": None}, ("NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED", 1008)),
        (
            {"auth": {"deviceToken": "nope"}},
            ("INVALID_REQUEST", "AUTH_DEVICE_TOKEN_MISMATCH", 1008),
        ),
        (
            {"minProtocol": 5, "maxProtocol": 6},
            ("INVALID_REQUEST", "PROTOCOL_MISMATCH", 1002),
        ),
        (
            {"minProtocol": 3, "maxProtocol": 3},
            ("INVALID_REQUEST", "PROTOCOL_MISMATCH", 1002),
        ),
        ({"role": "boss"}, ("INVALID_REQUEST", None, 1008)),
        (
            {"client": client("webchat", "webchat")},
            ("INVALID_REQUEST", "CONTROL_UI_ORIGIN_NOT_ALLOWED", 1008),
        ),
        ({"role": "node", "scopes": []}, ("NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED", 1008)),
    ],
)
def test_refusals(changes: dict[str, Any], code: tuple[str, str | None, int]) -> None:
    assert code_of(Authenticator(TOKEN), **changes) == code


def test_a_range_that_holds_4_will_do() -> None:
    assert admit(Authenticator(TOKEN), minProtocol=3).scopes == SCOPES


def test_guessing_from_elsewhere_is_locked_out_and_on_loopback_it_is_not() -> None:
    distant, local = Authenticator(TOKEN, remote=True), Authenticator(TOKEN)
    for _ in range(10):
        assert code_of(distant, auth={"token": "no"})[1] == "AUTH_TOKEN_MISMATCH"
        assert code_of(local, auth={"token": "no"})[1] == "AUTH_TOKEN_MISMATCH"
    with pytest.raises(Refusal) as locked_out:
        admit(distant)
    assert locked_out.value.shape()["retryAfterMs"] == 299_991
    assert locked_out.value.shape()["retryable"] is True
    assert admit(local).scopes == SCOPES


def test_what_rights_contain() -> None:
    write = admit(Authenticator(TOKEN), scopes=["operator.write"])
    admin = admit(Authenticator(TOKEN), scopes=["operator.admin"])
    read = admit(Authenticator(TOKEN), scopes=["operator.read"])
    assert write.may("operator.read")
    assert not write.may("operator.admin")
    assert admin.may("operator.write")
    assert not read.may("operator.write")


# -- with one --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_a_device_on_loopback_is_paired_in_silence(version: str) -> None:
    keeper, device = Authenticator(TOKEN), Device()
    first = admit(keeper, **device.proof(version=version))
    again = admit(keeper, **device.proof(version=version))
    assert first.scopes == SCOPES
    assert first.device_token
    assert first.device_token == again.device_token


def test_a_backend_on_loopback_leaves_no_pairing() -> None:
    admission = admit(
        Authenticator(TOKEN), **Device().proof(ident="gateway-client", mode="backend")
    )
    assert admission.scopes == SCOPES
    assert admission.device_token is None


def test_a_node_needs_its_key_and_no_scopes() -> None:
    proof = Device().proof(ident="node-host", mode="node", role="node", scopes=())
    assert admit(Authenticator(TOKEN), **proof).role == "node"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": "another"}, "DEVICE_AUTH_NONCE_MISMATCH"),
        ({"signedAt": NOW - 120_001}, "DEVICE_AUTH_SIGNATURE_EXPIRED"),
        ({"signature": "AAAA"}, "DEVICE_AUTH_SIGNATURE_INVALID"),
        ({"id": "0" * 64}, "DEVICE_AUTH_DEVICE_ID_MISMATCH"),
        ({"publicKey": "AAAA"}, "DEVICE_AUTH_PUBLIC_KEY_INVALID"),
    ],
)
def test_proofs_that_prove_nothing(changes: dict[str, Any], code: str) -> None:
    assert code_of(Authenticator(TOKEN), **Device().proof(**changes)) == (
        "INVALID_REQUEST",
        code,
        1008,
    )


def test_a_proof_is_for_the_scopes_it_was_signed_with() -> None:
    proof = Device().proof() | {"scopes": ["operator.admin"]}
    assert code_of(Authenticator(TOKEN), **proof)[1] == "DEVICE_AUTH_SIGNATURE_INVALID"


def test_pairing_from_elsewhere() -> None:
    keeper, device = Authenticator(TOKEN, remote=True), Device()
    with pytest.raises(Refusal) as waiting:
        admit(keeper, **device.proof())
    details = waiting.value.details or {}
    assert details["code"] == "PAIRING_REQUIRED"
    assert details["reason"] == "not-paired"
    with pytest.raises(Refusal) as still_waiting:
        admit(keeper, **device.proof())
    assert (still_waiting.value.details or {})["requestId"] == details["requestId"]

    keeper.devices.approve(details["requestId"])
    token = admit(keeper, **device.proof()).device_token
    assert token
    assert admit(keeper, **device.proof(token=token)).scopes == SCOPES
    with pytest.raises(KeyError):
        keeper.devices.approve(details["requestId"])


def test_a_device_token_is_for_its_device_and_its_scopes() -> None:
    keeper, device = Authenticator(TOKEN), Device()
    token = admit(keeper, **device.proof(scopes=("operator.read",))).device_token
    assert token
    assert code_of(keeper, **Device().proof(token=token))[1] == "AUTH_TOKEN_MISMATCH"
    assert code_of(keeper, **device.proof(token=token))[1] == "AUTH_SCOPE_MISMATCH"
    assert admit(keeper, **device.proof(token=token, scopes=("operator.read",))).scopes


def test_another_platform_asks_for_approval_anew() -> None:
    keeper, device = Authenticator(TOKEN, remote=True), Device()
    with pytest.raises(Refusal) as waiting:
        admit(keeper, **device.proof())
    keeper.devices.approve((waiting.value.details or {})["requestId"])
    with pytest.raises(Refusal) as changed:
        admit(keeper, **device.proof(platform="macos"))
    assert (changed.value.details or {})["reason"] == "metadata-upgrade"


def shown(key: DeviceKey, role: Role) -> dict[str, Any]:
    """The params with which our own client comes in a role."""
    params = bot_params(TOKEN, "i", role=role)
    return {**params, "device": key.prove(params, NONCE, NOW)}


def approve(keeper: Authenticator, params: dict[str, Any]) -> str:
    """Be turned away, be approved, come in; why it was turned away."""
    with pytest.raises(Refusal) as waiting:
        admit(keeper, **params)
    details = waiting.value.details or {}
    keeper.devices.approve(details["requestId"])
    admit(keeper, **params)
    return str(details["reason"])


def test_each_role_of_a_device_is_approved_once_and_has_its_own_token() -> None:
    keeper, key = Authenticator(TOKEN, remote=True), DeviceKey.generate()
    as_operator, as_node = shown(key, OPERATOR), shown(key, node_role(["voice.say"]))
    assert approve(keeper, as_operator) == "not-paired"
    assert approve(keeper, as_node) == "role-upgrade"
    tokens = {admit(keeper, **params).device_token for params in (as_operator, as_node)}
    assert len(tokens) == 2


def test_a_node_is_pinned_to_a_family_and_its_operator_has_to_name_it_too() -> None:
    keeper, device = Authenticator(TOKEN, remote=True), Device()
    as_node = device.proof(ident="node-host", mode="node", role="node", scopes=())
    assert approve(keeper, device.proof()) == "not-paired"
    assert approve(keeper, as_node) == "role-upgrade"
    assert approve(keeper, device.proof()) == "metadata-upgrade"
