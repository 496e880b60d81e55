"""The server against slow, silent and too many clients, over loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from server.protection.settings import LimitSettings
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from tests.server.fake_engines import CHUNK, ScriptedEngine

pytestmark = pytest.mark.virtual_time(sockets=True)

HEALTH = b"GET /health HTTP/1.1\r\nHost: speech\r\n\r\n"


class Line:
    """A connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, url: str, *, limit: int = 2**16) -> Line:
        address = urlsplit(url)
        return cls(*await asyncio.open_connection(address.hostname, address.port, limit=limit))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def status(self) -> int:
        return int((await self.reader.readline()).split()[1])

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """The status and the JSON body of a response."""
        status = await self.status()
        headers = dict[str, str]()
        while line := (await self.reader.readline()).strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return status, json.loads(await self.reader.readexactly(int(headers["content-length"])))

    async def is_closed(self) -> bool:
        """Read to the end."""
        try:
            while await self.reader.read(2**16):
                pass
        except ConnectionError:
            pass
        return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def serving(
    engine: ScriptedEngine | None = None, **limits: Any
) -> AsyncIterator[tuple[str, AsyncExitStack]]:
    """The server's URL, and a stack for the connections to it."""
    settings = ServerSettings(port=0, limits=LimitSettings(**limits))
    made = engine or ScriptedEngine()
    async with (
        EmbeddedServer(settings, make_engine=lambda: made) as server,
        AsyncExitStack() as lines,
    ):
        yield server.url, lines


async def opened(url: str, lines: AsyncExitStack) -> Line:
    line = await Line.open(url)
    lines.push_async_callback(line.close)
    return line


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_connection_that_sends_nothing_is_closed() -> None:
    async with serving(header_timeout_s=10) as (url, lines):
        line, began = await opened(url, lines), now()
        assert await line.is_closed()
        assert now() - began == pytest.approx(10, abs=0.5)


async def test_headers_that_trickle_are_refused_in_time() -> None:
    async with serving(header_timeout_s=10) as (url, lines):
        line, began = await opened(url, lines), now()
        answered = asyncio.create_task(line.answer())
        await line.send(b"GET /health HTTP/1.1\r\n")
        while not answered.done():
            await line.send(b"X-A: b\r\n")
            await asyncio.sleep(0.9)
        status, body = await answered
        assert status == 408
        assert "10 s" in body["error"]["message"]
        assert now() - began == pytest.approx(10, abs=1.5)


async def test_the_next_request_of_a_connection_has_the_same_time() -> None:
    async with serving(header_timeout_s=10) as (url, lines):
        line = await opened(url, lines)
        await line.send(HEALTH)
        assert (await line.answer())[0] == 200
        await asyncio.sleep(60)  # an idle connection is kept
        await line.send(HEALTH[:20])
        began = now()
        assert (await line.answer())[0] == 408
        assert now() - began == pytest.approx(10, abs=0.5)


async def test_a_slow_request_within_the_time_is_served() -> None:
    async with serving(header_timeout_s=10) as (url, lines):
        line = await opened(url, lines)
        for begin in range(0, len(HEALTH), 10):
            await line.send(HEALTH[begin : begin + 10])
            await asyncio.sleep(1)
        assert (await line.answer())[0] == 200


async def test_headers_of_any_length_are_bounded() -> None:
    async with serving() as (url, lines):
        line = await opened(url, lines)
        await line.send(b"GET /health HTTP/1.1\r\n" + b"X-A: " + b"b" * 70_000)
        assert await line.status() == 400


async def test_slow_connections_cannot_keep_others_out() -> None:
    async with serving(connections_per_address=20) as (url, lines):
        slow = [await opened(url, lines) for _ in range(100)]
        for line in slow[-20:]:
            await line.send(b"GET /health HTTP/1.1\r\n")
        line = await opened(url, lines)
        await line.send(HEALTH)
        assert (await line.answer())[0] == 200
        assert await slow[0].is_closed()


async def test_a_connection_too_many_is_told_when_to_come_back() -> None:
    engine = ScriptedEngine()
    async with serving(engine, connections=2) as (url, lines):
        for _ in range(2):
            line = await opened(url, lines)
            await line.send(_speech())
            assert await line.status() == 200
        refused = await opened(url, lines)
        status, body = await refused.answer()
        assert status == 503
        assert body["error"]["code"] == "too_many_connections"
        engine.go.set()


async def test_a_client_that_reads_nothing_is_cut_and_its_synthesis_stops() -> None:
    engine = ScriptedEngine(chunks=100_000)
    engine.go.set()
    async with serving(engine, send_timeout_s=30, buffer_bytes=100_000) as (url, lines):
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1000)
        lines.push_async_callback(Line(reader, writer).close)
        began = now()
        writer.write(_speech())
        await asyncio.to_thread(engine.stopped.wait, 20)
        assert now() - began >= 30
        # What fits into the buffers of the system and of both ends, of 200 MB.
        assert engine.given * len(CHUNK) < 20_000_000


def _speech() -> bytes:
    body = json.dumps({"input": "Hello.", "response_format": "pcm"}).encode()
    return (
        b"POST /v1/audio/speech HTTP/1.1\r\nHost: speech\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body
