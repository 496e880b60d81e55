"""The server of the pages on a real socket: its start, its streams, and its WebSocket."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from testing.certificates import CertificateAuthority
from testing.manual_clock import eventually
from tests.web.pages import ROOM, ShownBot, TalkParts, fake_talk_rooms
from web.app import create_web_app
from web.errors import WebNotStarted
from web.routes import status
from web.runner import LARGEST_MESSAGE, PageLimits, WebServer
from web.settings import WebSettings
from web.talk.connection import REFUSED
from web.talk.rooms import TalkRooms

ENTER = json.dumps(
    {"type": "enter", "name": "Ann", "room": "", "key": "a-key-of-a-page", "rate": 16_000}
)


@asynccontextmanager
async def serving(
    settings: WebSettings | None = None,
    bot: ShownBot | None = None,
    limits: PageLimits | None = None,
) -> AsyncIterator[tuple[WebServer, TalkRooms]]:
    settings = settings or WebSettings(port=0)
    parts = TalkParts()
    rooms = fake_talk_rooms(parts)
    app = create_web_app(settings, bot or ShownBot(), rooms)
    async with WebServer(settings, app, limits or PageLimits()) as server:
        yield server, rooms


def socket_of(server: WebServer) -> str:
    return f"{server.url.replace('http', 'ws', 1)}/talk/socket"


async def test_a_port_in_use_is_told_with_what_to_do() -> None:
    async with serving() as (server, _):
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(WebNotStarted, match=rf"port {port}.*web\.port"):
            async with serving(WebSettings(port=port)):
                pass


async def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file.pem").write_text("not a certificate")
    settings = WebSettings(
        port=0, tls_certificate=tmp_path / "file.pem", tls_key=tmp_path / "file.pem"
    )
    with pytest.raises(WebNotStarted, match=r"web\.tls_certificate: .* is not a PEM file"):
        async with serving(settings):
            pass


async def test_with_a_certificate_page_and_socket_come_by_tls(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    authority.server_context("127.0.0.1")
    file = tmp_path / "server.pem"
    trusted = ssl.create_default_context(cafile=str(authority.file))
    settings = WebSettings(port=0, tls_certificate=file, tls_key=file)
    async with serving(settings) as (server, _):
        assert server.url.startswith("https://127.0.0.1:")
        async with httpx.AsyncClient(verify=trusted, trust_env=False) as client:
            assert (await client.get(f"{server.url}/talk")).status_code == 200
        page = await connect(socket_of(server), origin=Origin(server.url), ssl=trusted)
        await page.send(ENTER)
        assert json.loads(await page.recv())["type"] == "entered"
        await page.close()


async def test_the_end_of_the_server_frees_its_port_and_closes_the_rooms() -> None:
    async with (
        serving() as (server, rooms),
        connect(socket_of(server), origin=Origin(server.url)) as page,
    ):
        await page.send(ENTER)
        await page.recv()
        assert rooms.people == 1
    assert rooms.rooms == []
    port = int(server.url.rpartition(":")[2])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_the_status_is_sent_now_and_after_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "EVERY_S", 0.01)
    bot = ShownBot()
    async with (
        serving(bot=bot) as (server, _),
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
        client.stream("GET", "/api/events") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = (line async for line in answer.aiter_lines() if line.startswith("data: "))
        first = json.loads((await anext(events)).removeprefix("data: "))
        assert first["rooms"][0]["waiting"] == 0
        bot.in_rooms = (replace(ROOM, waiting=3),)
        second = json.loads((await anext(events)).removeprefix("data: "))
        assert second["rooms"][0]["waiting"] == 3


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_another_site_cannot_open_the_socket(origin: str | None) -> None:
    async with serving() as (server, rooms):
        with pytest.raises(InvalidStatus) as refused:
            await connect(socket_of(server), origin=None if origin is None else Origin(origin))
        assert refused.value.response.status_code == 403
        assert rooms.rooms == []


async def test_without_a_login_the_socket_says_so() -> None:
    settings = WebSettings(port=0, password=SecretStr("correct horse"))
    async with serving(settings) as (server, rooms):
        async with connect(socket_of(server), origin=Origin(server.url)) as page:
            with pytest.raises(ConnectionClosed) as closed:
                await page.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, "login" in closed.value.rcvd.reason) == (REFUSED, True)
        assert rooms.rooms == []


async def test_a_message_that_is_too_long_ends_the_connection() -> None:
    async with serving() as (server, rooms):
        async with connect(socket_of(server), origin=Origin(server.url)) as page:
            await page.send(ENTER)
            await page.recv()
            await page.send(bytes(LARGEST_MESSAGE + 1))
            await page.wait_closed()
            assert page.close_code == 1009
        await eventually(lambda: rooms.people == 0)


async def test_a_connection_that_breaks_leaves_the_room() -> None:
    async with serving() as (server, rooms):
        page = await connect(socket_of(server), origin=Origin(server.url))
        await page.send(ENTER)
        await page.recv()
        assert rooms.people == 1
        page.transport.abort()
        await eventually(lambda: rooms.people == 0)
        await asyncio.sleep(0)


async def test_a_peer_that_is_slow_with_its_headers_is_cut() -> None:
    async with serving(limits=PageLimits(header_timeout_s=1.5)) as (server, _):
        port = int(server.url.rpartition(":")[2])

        async def is_cut(sent: bytes, answer: bytes) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            with suppress(ConnectionResetError):
                assert (await reader.read())[:13] == answer
            writer.close()

        page = await connect(socket_of(server), origin=Origin(server.url))
        await asyncio.gather(
            is_cut(b"", b""), is_cut(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"HTTP/1.1 408 ")
        )
        await page.send(ENTER)
        assert json.loads(await page.recv())["type"] == "entered"
        await page.close()
