"""The errors of the speech server's protection, all found at its start.

ProtectionError              the text says what to do
├── KeysUnusable             the file of the keys, or the name of one, cannot be used
├── CertificateUnusable      the files of TLS cannot be used
└── OpenToNetwork            the address is not loopback, and there is no key
"""

from __future__ import annotations

from server.errors import ServerError


class ProtectionError(ServerError):
    """The server does not start with this protection."""


class KeysUnusable(ProtectionError):
    """The file of the keys, or the name of one, cannot be used."""


class CertificateUnusable(ProtectionError):
    """The certificate, or its private key, cannot be used."""


class OpenToNetwork(ProtectionError):
    """Every machine of the network could use the server."""
