"""Opening the WebSocket with TLS: certificates, fingerprints and wrong schemes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.doctor.check_gateway import check_gateway
from app.doctor.findings import Grade
from openclaw_client import (
    ConnectionState,
    DeviceStore,
    GatewayNode,
    OpenClawClient,
    create_client,
)
from openclaw_client.errors import GatewayRefused, GatewayUnreachable
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.stats import GatewayStats
from openclaw_client.transport import connection as connection_module
from openclaw_client.transport.trust import Trust
from openclaw_client.transport.websocket import open_websocket
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.certificates import CertificateAuthority, tls_server
from testing.fake_rooms import FakeRooms
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, eventually
from testing.ports import closed_port

ELSEWHERE = "10.0.0.1"
"""A certificate for this address holds for no Gateway on loopback."""


async def test_a_certificate_that_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")  # not for private hosts
    authority = CertificateAuthority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with tls_server(authority.server_context("127.0.0.1")) as url:
        socket = await open_websocket(url, allow_insecure=False)
        assert await socket.recv() == "hello"
        await socket.close()


async def test_an_untrusted_certificate(tmp_path: Path) -> None:
    async with tls_server(CertificateAuthority(tmp_path).server_context("127.0.0.1")) as url:
        with pytest.raises(GatewayRefused, match="certificate of wss://127") as refused:
            await open_websocket(url, allow_insecure=True)
    assert refused.value.code == "TLS"
    assert not refused.value.heals


async def test_a_certificate_for_another_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = CertificateAuthority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with tls_server(authority.server_context("10.0.0.1")) as url:
        with pytest.raises(GatewayRefused, match="mismatch"):
            await open_websocket(url, allow_insecure=False)


async def test_an_expired_certificate_is_renewed_some_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = CertificateAuthority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with tls_server(authority.server_context("127.0.0.1", expired=True)) as url:
        with pytest.raises(GatewayRefused, match="expired") as refused:
            await open_websocket(url, allow_insecure=False)
    assert refused.value.heals


# -- a Gateway that signs its own ----------------------------------------------------------------


async def test_an_authority_of_its_owners_is_trusted(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    tls = authority.server_context("127.0.0.1")
    async with (
        GatewaySimulator(token=TOKEN, tls=tls) as gateway,
        create_client(gateway.url, TOKEN, "jarvis", ca_file=authority.file) as client,
    ):
        assert client.status.url.startswith("wss://")
        assert await client.send_message(None, "Who are you?")


async def test_the_servers_own_certificate_does_as_the_authority(tmp_path: Path) -> None:
    tls = CertificateAuthority(tmp_path).server_context("127.0.0.1")
    config = config_for("https://127.0.0.1", ca_file=tmp_path / "server.pem")
    async with tls_server(tls) as url:
        await (await open_websocket(url, allow_insecure=False, trust=config.trust)).close()


async def test_an_authority_vouches_for_names_only(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    async with tls_server(authority.server_context(ELSEWHERE)) as url:
        with pytest.raises(GatewayRefused, match="mismatch"):
            await open_websocket(url, allow_insecure=False, trust=Trust(ca_file=authority.file))


@pytest.mark.parametrize("expired", [False, True])
async def test_a_certificate_that_is_pinned_is_trusted_by_both_connections(
    tmp_path: Path, clock: ManualClock, expired: bool
) -> None:
    authority = CertificateAuthority(tmp_path)
    tls = authority.server_context(ELSEWHERE, expired=expired)
    async with GatewaySimulator(token=TOKEN, tls=tls) as gateway:
        config = config_for(
            gateway.url.replace("wss:", "https:"),
            tls_fingerprint=authority.fingerprint,
            state_dir=tmp_path,
        )
        store = DeviceStore(tmp_path)
        async with (
            OpenClawClient(config, devices=store) as client,
            GatewayNode(
                config, bot_commands(config.node, FakeRooms()), store, client.nodes
            ) as node,
        ):
            assert await client.send_message("sage", "Who are you?", speaker="alice")
            await eventually(lambda: node.status.state is ConnectionState.UP)


async def test_another_certificate_than_the_pinned_one_gets_no_token(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    tls = authority.server_context("127.0.0.1")
    async with GatewaySimulator(token=TOKEN, tls=tls) as gateway:
        config = config_for(gateway.url, tls_fingerprint="ab" * 32)
        with pytest.raises(GatewayRefused, match="another certificate") as refused:
            await OpenClawClient(config).connect()
        assert gateway.handshakes == 0
    assert authority.fingerprint in str(refused.value)
    assert not refused.value.final


async def test_an_unknown_certificate_is_shown_with_its_fingerprint(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    async with tls_server(authority.server_context("127.0.0.1")) as url:
        with pytest.raises(GatewayRefused) as refused:
            await open_websocket(url, allow_insecure=False)
    assert f"its SHA-256 fingerprint is {authority.fingerprint}" in str(refused.value)
    assert "openclaw.tls_fingerprint" in str(refused.value)
    assert "openclaw.ca_file" in str(refused.value)


async def test_the_doctor_shows_it_and_takes_it(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    tls = authority.server_context("127.0.0.1")
    async with GatewaySimulator(token=TOKEN, tls=tls) as gateway:
        given = {"base_url": gateway.url, "auth_token": TOKEN, "state_dir": str(tmp_path)}
        told = await check_gateway(Settings.model_validate({"openclaw": given}), timeout_s=5)
        assert told.grade is Grade.FAIL
        assert authority.fingerprint in str(told)
        given["tls_fingerprint"] = authority.fingerprint
        told = await check_gateway(Settings.model_validate({"openclaw": given}), timeout_s=5)
        assert told.grade is Grade.OK, told


# -- TLS where there is none, and none where there is ----------------------------------------------


@pytest.mark.parametrize("scheme", ["https", "wss"])
async def test_tls_to_a_gateway_that_speaks_plain(gateway: GatewaySimulator, scheme: str) -> None:
    address = gateway.url.replace("ws:", f"{scheme}:")
    config = config_for(address, connect_timeout_s=3)
    with pytest.raises(GatewayRefused, match="speaks plain HTTP, no TLS; write http://127") as told:
        await connection_module.open_connection(
            config, "i", asyncio.get_running_loop(), GatewayStats()
        )
    assert not told.value.final


async def test_plain_to_a_gateway_that_speaks_tls(tmp_path: Path) -> None:
    tls = CertificateAuthority(tmp_path).server_context("127.0.0.1")
    async with GatewaySimulator(token=TOKEN, tls=tls) as gateway:
        address = gateway.url.replace("wss:", "http:")
        with pytest.raises(GatewayRefused, match="speaks TLS; write https://127"):
            await open_websocket(address, allow_insecure=False)


async def test_http_addresses_are_dialled_as_websockets(gateway: GatewaySimulator) -> None:
    socket = await open_websocket(gateway.url.replace("ws:", "HTTP:") + "/", allow_insecure=False)
    assert "connect.challenge" in str(await socket.recv())
    await socket.close()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:{port}", "gopher://127.0.0.1:{port}"])
async def test_an_unusable_proxy_is_reported(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", proxy.format(port=closed_port()))
    with pytest.raises(GatewayUnreachable, match=r"(?i)proxy|no answer"):
        await open_websocket("wss://gateway.example:18789", allow_insecure=False)
