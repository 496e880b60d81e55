"""Opening the WebSocket: servers that are no Gateway, and public addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from openclaw_client.errors import GatewayRefused, GatewayUnreachable
from openclaw_client.transport import websocket as websocket_module
from openclaw_client.transport.websocket import open_websocket
from simulators.gateway import GatewaySimulator
from testing.ports import closed_port


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
    socket = await open_websocket(gateway.url, allow_insecure=False)
    assert "connect.challenge" in str(await socket.recv())
    await socket.close()


async def test_a_proxy_does_not_get_to_see_a_plain_connection(
    gateway: GatewaySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setattr(websocket_module, "is_private_host", lambda host: None)
    socket = await open_websocket(gateway.url, allow_insecure=True)
    await socket.close()


async def test_a_port_without_a_server() -> None:
    url = f"ws://127.0.0.1:{closed_port()}"
    with pytest.raises(GatewayUnreachable, match=f"no answer at {url}"):
        await open_websocket(url, allow_insecure=False)


async def test_a_name_that_leads_nowhere() -> None:
    with pytest.raises(GatewayUnreachable, match=r"no answer at ws://not\.\.a\.name"):
        await open_websocket("ws://not..a.name:1", allow_insecure=False)


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "200 OK"])
async def test_what_will_not_become_a_gateway_by_waiting(status: str) -> None:
    async with answering(http(status)) as url:
        with pytest.raises(GatewayRefused, match=f"HTTP {status[:3]}") as refused:
            await open_websocket(url, allow_insecure=False)
    assert not refused.value.heals


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Busy", "429 Slow Down"])
async def test_what_may(status: str) -> None:
    async with answering(http(status)) as url:
        with pytest.raises(GatewayUnreachable, match=f"HTTP {status[:3]}"):
            await open_websocket(url, allow_insecure=False)


async def test_a_redirect_does_not_carry_the_token_elsewhere(gateway: GatewaySimulator) -> None:
    async with answering(http("302 Found", f"Location: {gateway.url}\r\n")) as url:
        with pytest.raises(GatewayRefused, match="HTTP 302"):
            await open_websocket(url, allow_insecure=False)
    assert gateway.handshakes == 0


async def test_something_that_speaks_no_http() -> None:
    async with answering(b"220 mail.example.org ESMTP\r\n") as url:
        with pytest.raises(GatewayUnreachable, match="no WebSocket server"):
            await open_websocket(url, allow_insecure=False)


async def test_a_plain_connection_that_ends_in_public_is_closed_unused(
    gateway: GatewaySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may lead anywhere; here this machine plays a public address."""
    monkeypatch.setattr(websocket_module, "is_private_host", lambda host: host != "127.0.0.1")
    with pytest.raises(GatewayRefused, match=r"public address 127\.0\.0\.1") as refused:
        await open_websocket(gateway.url, allow_insecure=False)
    assert not refused.value.heals
    socket = await open_websocket(gateway.url, allow_insecure=True)
    await socket.close()
