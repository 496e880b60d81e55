"""Opening the socket: what answers, and where the token may go."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import ServerConnection, serve

from openclaw_client import dial as dial_module
from openclaw_client.dial import dial
from openclaw_client.errors import GatewayRefused, GatewayUnreachable
from openclaw_client.simulator import GatewaySimulator
from tests.openclaw_client.gateways import closed_port


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[str]:
    """A server that answers whatever is asked with the same bytes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def http(status: str, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n".encode()


async def test_an_open_socket(gateway: GatewaySimulator) -> None:
    socket = await dial(gateway.url, allow_insecure=False)
    assert "connect.challenge" in str(await socket.recv())
    await socket.close()


async def test_a_proxy_does_not_get_to_see_a_plain_connection(
    gateway: GatewaySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setattr(dial_module, "is_private_host", lambda host: None)
    socket = await dial(gateway.url, allow_insecure=True)
    await socket.close()


async def test_nobody_listens() -> None:
    url = f"ws://127.0.0.1:{closed_port()}"
    with pytest.raises(GatewayUnreachable, match=f"nobody answers at {url}"):
        await dial(url, allow_insecure=False)


async def test_a_name_that_leads_nowhere() -> None:
    with pytest.raises(GatewayUnreachable, match=r"nobody answers at ws://not\.\.a\.name"):
        await dial("ws://not..a.name:1", allow_insecure=False)


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "200 OK"])
async def test_what_will_not_become_a_gateway_by_waiting(status: str) -> None:
    async with answering(http(status)) as url:
        with pytest.raises(GatewayRefused, match=f"HTTP {status[:3]}") as refused:
            await dial(url, allow_insecure=False)
    assert not refused.value.heals


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Busy", "429 Slow Down"])
async def test_what_may(status: str) -> None:
    async with answering(http(status)) as url:
        with pytest.raises(GatewayUnreachable, match=f"HTTP {status[:3]}"):
            await dial(url, allow_insecure=False)


async def test_a_redirect_does_not_carry_the_token_elsewhere(gateway: GatewaySimulator) -> None:
    async with answering(http("302 Found", f"Location: {gateway.url}\r\n")) as url:
        with pytest.raises(GatewayRefused, match="HTTP 302"):
            await dial(url, allow_insecure=False)
    assert gateway.handshakes == 0


async def test_something_that_speaks_no_http() -> None:
    async with answering(b"220 mail.example.org ESMTP\r\n") as url:
        with pytest.raises(GatewayUnreachable, match="no WebSocket server"):
            await dial(url, allow_insecure=False)


async def test_a_plain_connection_that_ends_in_public_is_closed_unused(
    gateway: GatewaySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may lead anywhere; here this machine plays a public address."""
    monkeypatch.setattr(dial_module, "is_private_host", lambda host: host != "127.0.0.1")
    with pytest.raises(GatewayRefused, match=r"public address 127\.0\.0\.1") as refused:
        await dial(gateway.url, allow_insecure=False)
    assert not refused.value.heals
    socket = await dial(gateway.url, allow_insecure=True)
    await socket.close()


# -- TLS -------------------------------------------------------------------------------------------


class Authority:
    """A certificate authority for one test."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        self._folder = folder
        self.file = folder / "ca.pem"
        certificate = self._build(self._name, self._key.public_key(), authority=True)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway")])
        certificate = self._build(name, key.public_key(), host=host, expired=expired)
        file = self._folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _build(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *,
        authority: bool = False,
        host: str = "",
        expired: bool = False,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 9 * day)
            .not_valid_after(now - day if expired else now + day)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        if authority:
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
        if host:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[str]:
    async def handle(connection: ServerConnection) -> None:
        await connection.send("hello")
        await connection.wait_closed()

    async with serve(handle, "127.0.0.1", 0, ssl=context) as server:
        yield f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def test_a_certificate_that_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")  # not for private hosts
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with tls_server(authority.server_context("127.0.0.1")) as url:
        socket = await dial(url, allow_insecure=False)
        assert await socket.recv() == "hello"
        await socket.close()


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    async with tls_server(Authority(tmp_path).server_context("127.0.0.1")) as url:
        with pytest.raises(GatewayRefused, match="certificate of wss://127") as refused:
            await dial(url, allow_insecure=True)
    assert refused.value.code == "TLS"
    assert not refused.value.heals


async def test_somebody_elses_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with tls_server(authority.server_context("10.0.0.1")) as url:
        with pytest.raises(GatewayRefused, match="mismatch"):
            await dial(url, allow_insecure=False)


async def test_an_expired_certificate_is_renewed_some_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with tls_server(authority.server_context("127.0.0.1", expired=True)) as url:
        with pytest.raises(GatewayRefused, match="expired") as refused:
            await dial(url, allow_insecure=False)
    assert refused.value.heals
