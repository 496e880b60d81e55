"""The device key (Ed25519) by which a Gateway recognises the bot, and the proof of holding it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

PROOF_VERSION = "v3"


class DeviceKey:
    """A private key that is never printed; ``id`` is the Gateway's id for the device."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes_raw()
        self.id = hashlib.sha256(raw).hexdigest()
        self.public_key = _base64url(raw)

    @classmethod
    def generate(cls) -> DeviceKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> DeviceKey:
        """
        Raises:
            ValueError: the text is no Ed25519 key in PKCS #8 PEM.
        """
        try:
            private = load_pem_private_key(pem, password=None)
        except TypeError as error:
            raise ValueError("the key is encrypted") from error
        except UnsupportedAlgorithm as error:
            raise ValueError("the key has an unsupported type") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("the key is not an Ed25519 key")
        return cls(private)

    def to_pem(self) -> bytes:
        """The private key, PKCS #8, unencrypted."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def prove(self, connect: Mapping[str, Any], nonce: str, signed_at: int) -> dict[str, Any]:
        """The ``device`` entry for these ``connect`` params.

        ``nonce`` and ``signed_at`` (ms) come from the challenge.
        """
        client, auth = connect["client"], connect.get("auth", {})
        fields = (
            PROOF_VERSION,
            self.id,
            client["id"],
            client["mode"],
            connect["role"],
            ",".join(connect["scopes"]),
            str(signed_at),
            auth.get("token") or auth.get("deviceToken") or auth.get("bootstrapToken") or "",
            nonce,
            client["platform"].lower(),
            client.get("deviceFamily", "").lower(),
        )
        return {
            "id": self.id,
            "publicKey": self.public_key,
            "signature": _base64url(self._private.sign("|".join(fields).encode())),
            "signedAt": signed_at,
            "nonce": nonce,
        }

    def __repr__(self) -> str:
        return f"DeviceKey({self.id[:12]})"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
