"""Joining by an invitation: codes, pages, and what is kept."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from openclaw_client import DeviceStore, GatewayNode, GatewayUnreachable, JoinFailed
from openclaw_client.node.command_sets import machine_commands
from openclaw_client.node.joining import (
    MEMBERSHIP_FILE,
    Invitation,
    invitation_from,
    join,
    joined_config,
    leave,
    membership_of,
    read_code,
)
from openclaw_client.node.settings import COMMANDS
from openclaw_client.settings import OpenClawConfig
from simulators.gateway import GatewaySimulator
from simulators.gateway.params import SetupCodeParams
from testing.certificates import CertificateAuthority
from testing.gateways import TOKEN
from testing.manual_clock import ManualClock, eventually

OFFERED = ["system.info", "gpu.list", "gpu.metrics"]


@pytest.fixture
async def gateway(clock: ManualClock) -> AsyncIterator[GatewaySimulator]:
    async with GatewaySimulator(
        token=TOKEN, remote=True, node_commands=COMMANDS, clock=clock
    ) as simulator:
        yield simulator


def invite(gateway: GatewaySimulator, *, page: bool = False) -> dict[str, Any]:
    url = gateway.url.replace("ws", "http", 1)
    return gateway.invitations.create(
        SetupCodeParams.model_validate({"publicUrl": url, "joinUrl": page})
    )


def code(**content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def kept_files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def config(folder: Path, **openclaw: Any) -> OpenClawConfig:
    """Settings that know no Gateway's token."""
    return OpenClawConfig.model_validate({"state_dir": folder, **openclaw})


@pytest.mark.parametrize("page", [False, True])
async def test_a_machine_joins_and_serves_without_any_approval(
    gateway: GatewaySimulator, clock: ManualClock, tmp_path: Path, page: bool
) -> None:
    made, settings, store = invite(gateway, page=page), config(tmp_path), DeviceStore(tmp_path)
    invitation = await invitation_from(made["joinUrl" if page else "setupCode"], settings)
    await join(invitation, settings, store, OFFERED)
    known = membership_of(tmp_path)
    assert known is not None
    assert known.gateway == gateway.url
    joined = joined_config(settings, known.gateway)
    async with GatewayNode(joined, machine_commands(), store, clock=clock) as node:
        await eventually(lambda: node.status.state == "up")
        for _ in range(3):
            await clock.advance(1.1)
        await eventually(lambda: node.checked)
        assert (list(node.usable), node.advice) == (OFFERED, "")
        assert [tool["command"] for tool in gateway.nodes.all[store.key().id].tools] == OFFERED


async def test_its_tools_are_published_although_the_gateway_still_approves_it(
    gateway: GatewaySimulator, clock: ManualClock, tmp_path: Path
) -> None:
    invitation = await invitation_from(invite(gateway)["setupCode"], config(tmp_path))
    store = DeviceStore(tmp_path)
    await join(invitation, config(tmp_path), store, OFFERED)
    there = gateway.nodes.all[store.key().id]
    there.settling = True
    joined = joined_config(config(tmp_path), gateway.url)
    async with GatewayNode(joined, machine_commands(), store, clock=clock):
        await eventually(lambda: gateway.asked("node.pluginTools.update"))
        await clock.advance(1.1)
        await eventually(lambda: there.tools)


async def test_what_is_kept_is_private_and_holds_no_code(
    gateway: GatewaySimulator, tmp_path: Path
) -> None:
    made = invite(gateway)
    invitation = read_code(made["setupCode"])
    await join(invitation, config(tmp_path), DeviceStore(tmp_path), OFFERED)
    secret = invitation.bootstrap_token.get_secret_value()
    for file in kept_files(tmp_path):
        assert secret not in file.read_text()
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077


async def test_a_code_counts_once(gateway: GatewaySimulator, tmp_path: Path) -> None:
    invitation = read_code(invite(gateway)["setupCode"])
    await join(invitation, config(tmp_path / "a"), DeviceStore(tmp_path / "a"), OFFERED)
    with pytest.raises(JoinFailed, match="used already, or it has expired; make another"):
        await join(invitation, config(tmp_path / "b"), DeviceStore(tmp_path / "b"), OFFERED)
    assert membership_of(tmp_path / "b") is None


async def test_a_page_counts_once(gateway: GatewaySimulator, tmp_path: Path) -> None:
    address = invite(gateway, page=True)["joinUrl"]
    await invitation_from(address, config(tmp_path))
    with pytest.raises(JoinFailed, match="was read already, or it has expired"):
        await invitation_from(address, config(tmp_path))


async def test_an_expired_code_is_not_sent(gateway: GatewaySimulator, tmp_path: Path) -> None:
    late = read_code(code(url=gateway.url, bootstrapToken="x" * 43, expiresAtMs=1_700_000_000_000))
    with pytest.raises(JoinFailed, match="has expired; make another one on the Gateway's machine"):
        await join(late, config(tmp_path), DeviceStore(tmp_path), OFFERED)
    assert gateway.handshakes == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "incomplete or no join code"),
        ("hello", "incomplete or no join code"),
        ("ü" * 20, "incomplete or no join code"),
        (code(url="ws://127.0.0.1:1")[:-8], "incomplete or no join code"),
        (code(url="ws://127.0.0.1:1"), "bootstrapToken: Field required"),
        (code(url="ftp://x", bootstrapToken="x"), "url: "),
        (code(url="ws://127.0.0.1:1", bootstrapToken=""), "bootstrapToken"),
        (base64.b64encode(b"[1]").decode(), "incomplete or no join code"),
        ("A" * 6_000, "more than 5000 characters"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(JoinFailed, match=why):
        read_code(text)


def test_a_code_survives_what_terminals_and_chats_do_to_it() -> None:
    plain = code(url="ws://127.0.0.1:1", bootstrapToken="secret")
    broken = f"  {plain[:20]}\n  {plain[20:]}\n"
    assert read_code(broken) == Invitation(url="ws://127.0.0.1:1", bootstrapToken="secret")
    assert "secret" not in repr(read_code(plain))


async def test_a_code_for_a_public_address_in_the_clear_is_refused(tmp_path: Path) -> None:
    public = read_code(code(url="ws://93.184.215.14:18789", bootstrapToken="x" * 43))
    with pytest.raises(JoinFailed, match="public address"):
        await join(public, config(tmp_path), DeviceStore(tmp_path), OFFERED)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://93.184.215.14/j/x", "public address"),
        ("http://", "names no host"),
        ("http://127.0.0.1:99999/j/x", "is no address"),
    ],
)
async def test_an_unusable_address_is_refused(tmp_path: Path, address: str, why: str) -> None:
    with pytest.raises(JoinFailed, match=why):
        await invitation_from(address, config(tmp_path))


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (HTTPStatus.OK, "<html>", "no join page of OpenClaw"),
        (HTTPStatus.OK, "{}", "no join page of OpenClaw"),
        (HTTPStatus.OK, "x" * 30_000, "its page is long"),
        (HTTPStatus.BAD_GATEWAY, "", "HTTP 502"),
    ],
)
async def test_a_page_of_another_server_is_refused(
    tmp_path: Path, status: HTTPStatus, body: str, why: str
) -> None:
    def page(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(status, body)

    async def never(connection: ServerConnection) -> None:
        raise AssertionError("no WebSocket is opened")

    async with serve(never, "127.0.0.1", 0, process_request=page) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(JoinFailed, match=why):
            await invitation_from(f"http://127.0.0.1:{port}/j/x", config(tmp_path))


async def test_a_pinned_page_is_read_and_another_one_gets_no_request(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    tls = authority.server_context("127.0.0.1")
    async with GatewaySimulator(token=TOKEN, tls=tls, node_commands=COMMANDS) as gateway:
        address = invite(gateway, page=True)["joinUrl"].replace("http:", "https:")
        with pytest.raises(JoinFailed, match="another certificate"):
            await invitation_from(address, config(tmp_path, tls_fingerprint="ab" * 32))
        pinned = config(tmp_path, tls_fingerprint=authority.fingerprint)
        assert (await invitation_from(address, pinned)).url == gateway.url


async def test_a_gateway_that_is_away_keeps_the_code_usable(
    gateway: GatewaySimulator, tmp_path: Path
) -> None:
    invitation, store = read_code(invite(gateway)["setupCode"]), DeviceStore(tmp_path)
    async with gateway.away():
        with pytest.raises(GatewayUnreachable):
            await join(invitation, config(tmp_path), store, OFFERED)
    assert membership_of(tmp_path) is None
    await join(invitation, config(tmp_path), store, OFFERED)


async def test_leaving_forgets_the_gateway_and_its_token(
    gateway: GatewaySimulator, tmp_path: Path
) -> None:
    settings, store = config(tmp_path), DeviceStore(tmp_path)
    await join(read_code(invite(gateway)["setupCode"]), settings, store, OFFERED)
    assert store.token(gateway.url, "node") is not None
    left = leave(settings, store)
    assert left is not None
    assert left.gateway == gateway.url
    assert store.token(gateway.url, "node") is None
    assert not (tmp_path / MEMBERSHIP_FILE).exists()
    assert leave(settings, store) is None
