"""A device key, and proofs made with it: right ones, and wrong in one point."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.contract.gateway.probe import OPERATOR_SCOPES, Payload, client_info


class Device:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        raw = self._key.public_key().public_bytes_raw()
        self.id = hashlib.sha256(raw).hexdigest()
        self.public = _base64url(raw)

    def params(
        self,
        challenge: Payload,
        token: str,
        *,
        client: Payload | None = None,
        role: str = "operator",
        scopes: list[str] | None = None,
        version: str = "v3",
        auth: Payload | None = None,
        **wrong: Any,
    ) -> Payload:
        """What differs from the ``connect`` params without a device.

        ``wrong`` replaces fields of the proof: before signing ``nonce`` and ``signedAt``, after it
        ``id``, ``publicKey`` and ``signature``.
        """
        who = client or client_info("cli", "cli")
        asked = OPERATOR_SCOPES if scopes is None else scopes
        nonce = wrong.pop("nonce", challenge["nonce"])
        signed_at = wrong.pop("signedAt", challenge["ts"])
        fields = [version, self.id, who["id"], who["mode"], role, ",".join(asked)]
        fields += [str(signed_at), token, nonce]
        if version == "v3":
            fields += [who["platform"], who.get("deviceFamily", "")]
        device = {
            "id": self.id,
            "publicKey": self.public,
            "signature": _base64url(self._key.sign("|".join(fields).encode())),
            "signedAt": signed_at,
            "nonce": nonce,
            **wrong,
        }
        return {
            "client": who,
            "role": role,
            "scopes": asked,
            "auth": {"token": token} if auth is None else auth,
            "device": device,
        }


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
