"""A temporary certificate authority: clients trust the simulator and nothing else.

It lives as long as the process. The server's key is on disk only while OpenSSL reads it, because
``load_cert_chain`` takes no bytes.
"""

from __future__ import annotations

import datetime as dt
import functools
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOSTS: Final = ("discord.com", "*.discord.com", "*.discord.gg", "*.discord.media", "localhost")
"""Host names that a bot connects to: REST, the gateway, its resume address, voice servers."""

_VALID: Final = dt.timedelta(days=2)


@dataclass(frozen=True)
class Authority:
    """Certificates in PEM: the authority's own, and the server's with its key."""

    ca_pem: str
    chain_pem: bytes
    key_pem: bytes

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(prefix="discord-simulator-") as folder:
            chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
            chain.write_bytes(self.chain_pem)
            key.write_bytes(self.key_pem)
            context.load_cert_chain(chain, key)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Trusts this authority alone."""
        return ssl.create_default_context(cadata=self.ca_pem)


@functools.cache
def authority() -> Authority:
    """This process's authority; made on the first call."""
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = common_name("Simulated Discord CA")
    ca = certify(ca_name, ca_key, ca_key, ca_name)
    key = ec.generate_private_key(ec.SECP256R1())
    hosts = [x509.DNSName(host) for host in HOSTS]
    leaf = certify(common_name("Simulated Discord"), key, ca_key, ca.subject, hosts)
    return Authority(
        ca_pem=ca.public_bytes(serialization.Encoding.PEM).decode(),
        chain_pem=leaf.public_bytes(serialization.Encoding.PEM),
        key_pem=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def common_name(text: str) -> x509.Name:
    """A distinguished name of a common name alone."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certify(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    hosts: Iterable[x509.GeneralName] = (),
    *,
    expired: bool = False,
) -> x509.Certificate:
    """A certificate for ``key``: an authority's if it signs itself, else that of a server with
    these host names."""
    is_ca = key is signer
    now = dt.datetime.now(dt.UTC)
    public, issuing = key.public_key(), signer.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _VALID)
        .not_valid_after(now - _VALID / 2 if expired else now + _VALID)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing), critical=False)
    )
    if is_ca:
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    else:
        names = x509.SubjectAlternativeName(hosts)
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(names, critical=False).add_extension(server, critical=False)
    return builder.sign(signer, hashes.SHA256())
