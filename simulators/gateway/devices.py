"""Device keys at the simulated Gateway: verification of proofs, and the paired devices."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulators.gateway.params import ConnectParams, DeviceParams
from simulators.gateway.refusal import Refusal, invalid

CLOCK_SKEW_MS = 120_000


def verify_proof(params: ConnectParams, device: DeviceParams, nonce: str, now_ms: int) -> None:
    """Verify that the client holds its device key.

    Raises:
        Refusal: the proof is invalid, or for another challenge.
    """
    try:
        raw = base64.urlsafe_b64decode(device.public_key + "==")
        key = Ed25519PublicKey.from_public_bytes(raw)
        signature = base64.urlsafe_b64decode(device.signature + "==")
    except (ValueError, binascii.Error):
        raise _bad("public key invalid", "PUBLIC_KEY_INVALID") from None
    if device.id != hashlib.sha256(raw).hexdigest():
        raise _bad("identity mismatch", "DEVICE_ID_MISMATCH")
    if abs(now_ms - device.signed_at) > CLOCK_SKEW_MS:
        raise _bad("signature expired", "SIGNATURE_EXPIRED")
    if device.nonce != nonce:
        raise _bad("nonce mismatch", "NONCE_MISMATCH")
    for statement in _statements(params, device):
        try:
            key.verify(signature, statement.encode())
        except InvalidSignature:
            continue
        return
    raise _bad("signature invalid", "SIGNATURE_INVALID")


def _statements(params: ConnectParams, device: DeviceParams) -> tuple[str, str]:
    """The two possible signed statements: v3, and v2 without the last two fields."""
    auth, client = params.auth, params.client
    token = auth.token or auth.device_token or auth.bootstrap_token or ""
    scopes = ",".join(params.scopes)
    body = (
        f"{device.id}|{client.id}|{client.mode}|{params.role}|{scopes}|{device.signed_at}"
        f"|{token}|{device.nonce}"
    )
    family = (client.device_family or "").lower()
    return f"v3|{body}|{client.platform.lower()}|{family}", f"v2|{body}"


def _bad(what: str, code: str) -> Refusal:
    return invalid(f"device {what}", code=f"DEVICE_AUTH_{code}")


class Machine(NamedTuple):
    """The platform and device family that a device declares, in lower case."""

    platform: str
    family: str

    @classmethod
    def of(cls, params: ConnectParams) -> Machine:
        """As declared; the family of a node host defaults to that of its platform."""
        client = params.client
        platform, family = client.platform.lower(), (client.device_family or "").lower()
        if params.role == "node" and client.id == "node-host" and platform in _NODE_HOSTS:
            platform, usual = _NODE_HOSTS[platform]
            family = family or usual
        return cls(platform, family)

    def fits(self, claimed: Machine) -> bool:
        """Whether a device that is pinned to this machine is accepted as ``claimed``."""
        family_fits = not self.family or self.family == claimed.family
        return self.platform == claimed.platform and family_fits


_NODE_HOSTS = {
    "darwin": ("macos", "mac"),
    "linux": ("linux", "linux"),
    "macos": ("macos", "mac"),
    "win32": ("windows", "windows"),
    "windows": ("windows", "windows"),
}


@dataclass(slots=True)
class PairedDevice:
    """A device's token and scopes in one role."""

    token: str
    scopes: frozenset[str]


class DeviceBook:
    """The devices that may connect without the shared token, by role."""

    def __init__(self) -> None:
        self._paired: dict[tuple[str, str], PairedDevice] = {}
        self._pending: dict[tuple[str, str], tuple[str, frozenset[str], Machine]] = {}
        self._machines: dict[str, Machine] = {}

    def find(self, device_id: str, role: str = "operator") -> PairedDevice | None:
        return self._paired.get((device_id, role))

    def machine(self, device_id: str) -> Machine | None:
        """The machine that a device was last paired as; None if it never was."""
        return self._machines.get(device_id)

    def pair(
        self, device_id: str, scopes: Sequence[str], machine: Machine, role: str = "operator"
    ) -> PairedDevice:
        """Pair a device; a paired one keeps its token."""
        known = self._paired.get((device_id, role))
        token = known.token if known is not None else secrets.token_urlsafe(32)
        device = PairedDevice(token, frozenset(scopes))
        self._paired[device_id, role] = device
        self._machines[device_id] = machine
        return device

    def remove(self, device_id: str, role: str) -> None:
        """Forget a device in that role; its token is no longer valid."""
        self._paired.pop((device_id, role), None)

    def ask(
        self, device_id: str, scopes: Sequence[str], machine: Machine, role: str = "operator"
    ) -> str:
        """Request approval for a device; a repeated request keeps its id."""
        known = self._pending.get((device_id, role))
        request_id = known[0] if known is not None else str(uuid.uuid4())
        self._pending[device_id, role] = request_id, frozenset(scopes), machine
        return request_id

    def approve(self, request_id: str) -> None:
        """What ``openclaw devices approve`` does.

        Raises:
            KeyError: no such request.
        """
        for (device_id, role), (known, scopes, machine) in self._pending.items():
            if known == request_id:
                del self._pending[device_id, role]
                self.pair(device_id, sorted(scopes), machine, role)
                return
        raise KeyError(request_id)
