"""Which certificates a Gateway may present: public ones, those of the configured authority, or the
one with the configured fingerprint."""

from __future__ import annotations

import hmac
import ssl
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_DIGITS: Final = 64


def parse_fingerprint(text: str) -> str:
    """The hex digits of a SHA-256 fingerprint such as ``AB:CD:...`` or ``sha256:abcd...``.

    Raises:
        ValueError: the text is no fingerprint.
    """
    plain = text.strip().lower()
    for lead in ("sha256 fingerprint=", "sha256:", "sha-256:", "sha256="):
        plain = plain.removeprefix(lead)
    plain = plain.replace(":", "").replace(" ", "")
    if len(plain) != _DIGITS or not set(plain) <= set("0123456789abcdef"):
        raise ValueError(
            "must be the certificate's SHA-256 fingerprint, 64 hex digits, with or without colons"
        )
    return plain


def format_fingerprint(plain: str) -> str:
    """The fingerprint in the notation of openssl and browsers."""
    upper = plain.upper()
    return ":".join(upper[at : at + 2] for at in range(0, len(upper), 2))


def fingerprint_of(certificate: bytes) -> str:
    """The SHA-256 fingerprint of a certificate in DER, as hex digits."""
    return sha256(certificate).hexdigest()


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates to trust in addition to those that this machine trusts.

    With a ``fingerprint`` (hex digits) the certificate must have it. Its name, date and issuer then
    do not matter, unless a ``ca_file`` is set as well.
    """

    ca_file: Path | None = None
    fingerprint: str = ""

    def context(self) -> ssl.SSLContext:
        """The TLS context for a connection to the Gateway.

        Raises:
            OSError: the file cannot be read, or has no certificate (``ssl.SSLError``).
        """
        context = ssl.create_default_context()
        if self.ca_file is not None:
            context.load_verify_locations(cafile=self.ca_file)
            # A configured certificate is trusted as it is, even a server's self-signed one.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        elif self.fingerprint:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def accepts(self, certificate: bytes) -> bool:
        """Whether the presented certificate (DER) has the fingerprint, if one is set."""
        return not self.fingerprint or hmac.compare_digest(
            fingerprint_of(certificate), self.fingerprint
        )
