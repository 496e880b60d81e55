"""A device key, as a client holds it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from testing.gateways import TOKEN

NOW, NONCE = 1_795_177_299_980, "the-nonce"
SCOPES = ("operator.read", "operator.write")


def client(ident: str, mode: str) -> dict[str, str]:
    return {"id": ident, "mode": mode, "version": "0", "platform": "linux"}


class Device:
    """A device key, and proofs made with it."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        raw = self._key.public_key().public_bytes_raw()
        self.id = hashlib.sha256(raw).hexdigest()
        self.public = base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def proof(
        self,
        *,
        token: str = TOKEN,
        ident: str = "cli",
        mode: str = "cli",
        role: str = "operator",
        scopes: tuple[str, ...] = SCOPES,
        version: str = "v3",
        platform: str = "linux",
        **changes: Any,
    ) -> dict[str, Any]:
        """The params that differ from those without a device."""
        nonce, signed_at = changes.pop("nonce", NONCE), changes.pop("signedAt", NOW)
        fields = [version, self.id, ident, mode, role, ",".join(scopes), signed_at, token, nonce]
        if version == "v3":
            fields += [platform, ""]
        text = "|".join(str(field) for field in fields)
        signature = base64.urlsafe_b64encode(self._key.sign(text.encode())).decode().rstrip("=")
        device = {
            "id": self.id,
            "publicKey": self.public,
            "signature": signature,
            "signedAt": signed_at,
            "nonce": nonce,
            **changes,
        }
        return {
            "client": client(ident, mode) | {"platform": platform},
            "role": role,
            "scopes": list(scopes),
            "auth": {"token": token},
            "device": device,
        }
