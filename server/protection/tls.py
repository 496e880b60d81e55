"""The certificate of the speech server."""

from __future__ import annotations

import ssl
from pathlib import Path

from server.protection.errors import CertificateUnusable


def tls_context(certificate: Path, key: Path | None, section: str = "server") -> ssl.SSLContext:
    """TLS with the certificate chain and the private key in PEM files.

    Without ``key`` the private key is in the file of the certificate. ``section`` is that of both
    settings.

    Raises:
        CertificateUnusable: the text names the file at fault and the remedy.
    """
    for path, setting in ((certificate, "tls_certificate"), (key, "tls_key")):
        if path is not None:
            _check_readable(path, f"{section}.{setting}")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A password would be asked for at the terminal, where a service has none.
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise CertificateUnusable(_reason(error, certificate, key, section)) from error
    except _EncryptedKey:
        raise CertificateUnusable(
            f"{section}.tls_key: {key or certificate} is encrypted with a password; write it "
            "without one: openssl pkey -in KEY -out KEY.plain"
        ) from None
    return context


class _EncryptedKey(Exception):
    pass


def _no_password() -> str:
    raise _EncryptedKey


def _check_readable(path: Path, setting: str) -> None:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CertificateUnusable(
            f"{setting}: {path} cannot be read: {error.strerror or error}"
        ) from error
    if b"-----BEGIN " not in content:
        raise CertificateUnusable(
            f"{setting}: {path} is not a PEM file, which begins with -----BEGIN"
        )


def _reason(error: ssl.SSLError, certificate: Path, key: Path | None, section: str) -> str:
    reason = str(error.reason)
    if reason == "KEY_VALUES_MISMATCH":
        return (
            f"{section}.tls_key: {key or certificate} is not the private key of {certificate}; "
            "take both files from the same issue"
        )
    where = f"{certificate} and {key}" if key else f"{certificate}, without {section}.tls_key,"
    return f"{section}.tls_certificate: {where} cannot be used: {reason}"
