"""The websocket with a send queue, and the compression of frames."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import time
import zlib
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web

from simulators.discord.errors import BadFrame
from simulators.discord.sockets import Socket, compressor

Client = aiohttp.ClientWebSocketResponse


@contextlib.asynccontextmanager
async def client_of(talk: Callable[[Socket], None]) -> AsyncIterator[Client]:
    """A client of a server that does ``talk`` on each connection, then reads until its end."""

    async def serve(request: web.Request) -> web.StreamResponse:
        async with Socket(request) as socket:
            talk(socket)
            async for _ in socket.response:
                pass
        return socket.response

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        yield ws
    await runner.cleanup()


async def test_everything_goes_out_in_order_before_the_close() -> None:
    def talk(socket: Socket) -> None:
        socket.send("one")
        socket.send(b"two")
        socket.close(4006, "a reason with ünicode " * 10)
        socket.send("never")
        socket.close(4000)

    async with client_of(talk) as ws:
        assert (await ws.receive(timeout=5)).data == "one"
        assert (await ws.receive(timeout=5)).data == b"two"
        closed = await ws.receive(timeout=5)
        assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 4006)
        assert str(closed.extra).startswith("a reason with ?nicode")


async def test_a_stall_holds_back_what_follows() -> None:
    begun = time.monotonic()

    def talk(socket: Socket) -> None:
        socket.stall(0.05)
        socket.send("late")

    async with client_of(talk) as ws:
        assert (await ws.receive(timeout=5)).data == "late"
        assert time.monotonic() - begun >= 0.05


async def test_an_abort_is_no_close() -> None:
    async with client_of(lambda socket: socket.abort()) as ws:
        message = await ws.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert ws.close_code in (None, 1006)


async def test_writing_to_a_client_that_has_gone_is_harmless() -> None:
    sockets: list[Socket] = []
    async with client_of(sockets.append) as ws:
        await ws.close()
        await asyncio.sleep(0)
        for _ in range(10):
            sockets[0].send("anybody there?")
            await asyncio.sleep(0)


def test_none_is_plain_text() -> None:
    assert compressor(None)("text") == "text"


def test_zlib_is_one_stream_in_flushed_pieces() -> None:
    compress, stream = compressor("zlib-stream"), zlib.decompressobj()
    for text in ("first", "second"):
        piece = compress(text)
        assert isinstance(piece, bytes)
        assert piece.endswith(b"\x00\x00\xff\xff")
        assert stream.decompress(piece).decode() == text


def test_another_name_is_refused() -> None:
    with pytest.raises(BadFrame, match="unknown compression 'brotli'"):
        compressor("brotli")


def test_zstd_without_its_package_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(BadFrame, match="needs the zstandard package"):
        compressor("zstd-stream")
