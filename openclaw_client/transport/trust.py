"""Which certificate a Gateway may show: a public one, one of its owner's own authority, or the one
whose fingerprint is known."""

from __future__ import annotations

import hmac
import ssl
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_DIGITS: Final = 64


def parse_fingerprint(text: str) -> str:
    """A SHA-256 fingerprint as people copy it, ``AB:CD:...`` or ``sha256:abcd...``, as hex digits.

    Raises:
        ValueError: it is none.
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
    """As other programs show it."""
    upper = plain.upper()
    return ":".join(upper[at : at + 2] for at in range(0, len(upper), 2))


def fingerprint_of(certificate: bytes) -> str:
    """Of a certificate in DER."""
    return sha256(certificate).hexdigest()


@dataclass(frozen=True, slots=True)
class Trust:
    """What to trust beside the certificates that this machine trusts anyway.

    With a ``fingerprint`` (hex digits) the certificate must have that, and then neither its name
    nor its date nor who has signed it matters, unless a ``ca_file`` says so as well.
    """

    ca_file: Path | None = None
    fingerprint: str = ""

    def context(self) -> ssl.SSLContext:
        """For a connection to the Gateway.

        Raises:
            OSError: the file cannot be read, or holds no certificate (``ssl.SSLError``).
        """
        context = ssl.create_default_context()
        if self.ca_file is not None:
            context.load_verify_locations(cafile=self.ca_file)
            # What the owner has named is trusted as it is, though it be a server's own certificate.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        elif self.fingerprint:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def accepts(self, certificate: bytes) -> bool:
        """Whether the certificate that was shown (DER) is the one, if only one is."""
        return not self.fingerprint or hmac.compare_digest(
            fingerprint_of(certificate), self.fingerprint
        )
