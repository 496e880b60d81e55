from __future__ import annotations

import re
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from network.serving.errors import UnusableCertificate
from network.serving.tls import tls_context
from server.protection.errors import CertificateUnusable
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from testing.certificates import CertificateAuthority
from tests.server.fake_engines import ScriptedEngine

KEY = re.compile(rb"-----BEGIN PRIVATE KEY.*?END PRIVATE KEY-----\n", re.DOTALL)


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    authority = CertificateAuthority(tmp_path)
    authority.server_context("127.0.0.1")
    return authority


@pytest.fixture
def both(tmp_path: Path, authority: CertificateAuthority) -> Path:
    """A file with the key and its certificate."""
    return tmp_path / "server.pem"


def private_key(encryption: serialization.KeySerializationEncryption) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


async def test_the_server_speaks_https(authority: CertificateAuthority, both: Path) -> None:
    settings = ServerSettings(port=0, tls_certificate=both)
    async with EmbeddedServer(settings, make_engine=ScriptedEngine) as server:
        assert server.url.startswith("https://127.0.0.1:")
        trusted = ssl.create_default_context(cafile=str(authority.file))
        async with httpx.AsyncClient(trust_env=False, verify=trusted) as client:
            assert (await client.get(server.url + "/health")).status_code == 200


def test_certificate_and_key_may_be_in_two_files(tmp_path: Path, both: Path) -> None:
    content = both.read_bytes()
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    key.write_bytes(KEY.findall(content)[0])
    certificate.write_bytes(KEY.sub(b"", content))
    assert tls_context("server", certificate, key).minimum_version == ssl.TLSVersion.TLSv1_2
    with pytest.raises(UnusableCertificate, match=r"certificate\.pem, without server\.tls_key"):
        tls_context("server", certificate, None)


def test_files_at_fault_are_named(tmp_path: Path, both: Path) -> None:
    missing, text, other = (tmp_path / name for name in ("missing", "text", "other.pem"))
    text.write_text("hello")
    other.write_bytes(private_key(serialization.NoEncryption()))
    with pytest.raises(UnusableCertificate, match=r"tls_certificate: .*missing cannot be read"):
        tls_context("server", missing, None)
    with pytest.raises(UnusableCertificate, match=r"tls_key: .*text is not a PEM file"):
        tls_context("server", both, text)
    with pytest.raises(UnusableCertificate, match=r"other\.pem is not the private key of .*server"):
        tls_context("server", both, other)
    with pytest.raises(UnusableCertificate, match=r"other\.pem, without server\.tls_key"):
        tls_context("server", other, None)


def test_an_encrypted_key_asks_no_terminal(tmp_path: Path, both: Path) -> None:
    encrypted = tmp_path / "encrypted.pem"
    encrypted.write_bytes(private_key(serialization.BestAvailableEncryption(b"secret")))
    with pytest.raises(UnusableCertificate, match=r"encrypted with a password.*openssl"):
        tls_context("server", both, encrypted)


async def test_a_key_without_a_certificate_is_refused(both: Path) -> None:
    settings = ServerSettings(port=0, tls_key=both)
    with pytest.raises(CertificateUnusable, match=r"needs server\.tls_certificate"):
        async with EmbeddedServer(settings, make_engine=ScriptedEngine):
            pass


async def test_the_start_of_the_speech_server_tells_it(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, tls_certificate=tmp_path / "missing")
    with pytest.raises(CertificateUnusable, match=r"server\.tls_certificate: .*missing cannot be"):
        async with EmbeddedServer(settings, make_engine=ScriptedEngine):
            pass
