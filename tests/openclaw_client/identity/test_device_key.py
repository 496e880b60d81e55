from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from openclaw_client.identity.device_key import DeviceKey
from openclaw_client.protocol.handshake import connect_params
from simulators.gateway.devices import verify_proof
from simulators.gateway.params import ConnectParams, check_params
from simulators.gateway.refusal import Refusal

NOW = 1_795_177_299_980


@pytest.mark.parametrize("auth", [{"token": "shared"}, {"device_token": "issued"}, {"token": ""}])
def test_the_gateway_takes_the_proof(auth: dict[str, str]) -> None:
    params = connect_params(auth.get("token", ""), "i", device_token=auth.get("device_token", ""))
    params["device"] = DeviceKey.generate().prove(params, "n", NOW)
    read = check_params(ConnectParams, params, "connect")
    assert read.device is not None
    verify_proof(read, read.device, "n", NOW)


@pytest.mark.parametrize(
    ("field", "value"), [("scopes", ["operator.admin"]), ("auth", {"token": "other"})]
)
def test_the_proof_is_for_these_params_only(field: str, value: object) -> None:
    params = connect_params("shared", "i")
    params["device"] = DeviceKey.generate().prove(params, "n", NOW)
    read = check_params(ConnectParams, {**params, field: value}, "connect")
    assert read.device is not None
    with pytest.raises(Refusal, match="signature invalid"):
        verify_proof(read, read.device, "n", NOW)


def test_the_key_is_the_same_after_it_was_kept() -> None:
    key = DeviceKey.generate()
    assert DeviceKey.from_pem(key.to_pem()).id == key.id
    assert len(key.id) == 64


def test_what_is_no_device_key() -> None:
    pem = DeviceKey.generate().to_pem()
    locked = load_pem_private_key(pem, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    )
    other = X25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for wrong in (b"", b"hello", pem[:60], locked, other):
        with pytest.raises(ValueError, match=r".+"):
            DeviceKey.from_pem(wrong)


def test_it_does_not_show_itself() -> None:
    key = DeviceKey.generate()
    assert repr(key) == f"DeviceKey({key.id[:12]})"
