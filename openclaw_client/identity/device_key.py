"""The bot's own key, by which a Gateway knows it again: Ed25519, and the proof of holding it."""

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
    """A private key that never shows itself; ``id`` is the name that the Gateway has for it."""

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
            ValueError: that is no Ed25519 key in PKCS #8 PEM.
        """
        try:
            private = load_pem_private_key(pem, password=None)
        except TypeError as error:
            raise ValueError("the key is encrypted") from error
        except UnsupportedAlgorithm as error:
            raise ValueError("the key is of a kind that nothing here knows") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("the key is of another kind than Ed25519")
        return cls(private)

    def to_pem(self) -> bytes:
        """The private key, PKCS #8, unencrypted."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def prove(self, connect: Mapping[str, Any], nonce: str, signed_at: int) -> dict[str, Any]:
        """The ``device`` of the ``connect`` params that are given without it.

        ``nonce`` and ``signed_at`` (ms) are the challenge's.
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
            auth.get("token") or auth.get("deviceToken") or "",
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
