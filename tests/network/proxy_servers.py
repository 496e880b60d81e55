"""Proxies on loopback, which lead every host to one server: no name is looked up."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Handshake: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Proxy:
    """A proxy that runs. ``asked_for`` has each ``host:port`` that a client wanted, ``logins`` each
    ``user:password`` that came with it."""

    port: int = 0
    asked_for: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@asynccontextmanager
async def socks5(target_port: int) -> AsyncIterator[Proxy]:
    """SOCKS 5 without a login (RFC 1928), for CONNECT alone."""
    proxy = Proxy()

    async def handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, count = await reader.readexactly(2)
        await reader.readexactly(count)
        assert version == 5
        writer.write(b"\x05\x00")
        _, command, _, kind = await reader.readexactly(4)
        assert command == 1
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = (await reader.readexactly({1: 4, 4: 16}[kind])).hex(":")
        port = int.from_bytes(await reader.readexactly(2), "big")
        proxy.asked_for.append(f"{host}:{port}")
        writer.write(b"\x05\x00\x00\x01" + bytes(6))

    async with _serving(proxy, handshake, target_port):
        yield proxy


@asynccontextmanager
async def http_connect(target_port: int) -> AsyncIterator[Proxy]:
    """An HTTP proxy for CONNECT alone."""
    proxy = Proxy()

    async def handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, where, _ = head.split(" ", 2)
        assert method == "CONNECT"
        proxy.asked_for.append(where)
        if login := re.search(r"proxy-authorization: basic (\S+)", head, re.IGNORECASE):
            proxy.logins.append(base64.b64decode(login[1]).decode())
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    async with _serving(proxy, handshake, target_port):
        yield proxy


@asynccontextmanager
async def _serving(proxy: Proxy, handshake: Handshake, target_port: int) -> AsyncIterator[None]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await handshake(reader, writer)
            there, back = await asyncio.open_connection("127.0.0.1", target_port)
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
