"""The faulty proxy: frames are delayed, lost, repeated and reordered; connections break."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException

from bench.faulty_proxy import FaultyProxy, FrameFaults, Frames
from testing.ports import closed_port

pytestmark = pytest.mark.virtual_time(sockets=True)

UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def text_frame(size: int, *, masked: bool = False) -> bytes:
    mask = 0x80 if masked else 0
    if size < 126:
        header = bytes([0x81, mask | size])
    elif size < 65_536:
        header = bytes([0x81, mask | 126]) + size.to_bytes(2, "big")
    else:
        header = bytes([0x81, mask | 127]) + size.to_bytes(8, "big")
    return header + (b"mask" if masked else b"") + b"x" * size


@pytest.mark.parametrize("chunk", [1, 7, 1_000, 200_000])
def test_frames_are_cut_where_they_end(chunk: int) -> None:
    sent = [UPGRADE, text_frame(5), text_frame(300, masked=True), text_frame(70_000), b"\x89\x00"]
    stream, frames = b"".join(sent), Frames()
    got = []
    for start in range(0, len(stream), chunk):
        got += frames.feed(stream[start : start + chunk])
    assert got == sent


@asynccontextmanager
async def echo(chance: random.Random | None = None) -> AsyncIterator[FaultyProxy]:
    """A proxy in front of an echo server."""

    async def handle(socket: ServerConnection) -> None:
        async for text in socket:
            await socket.send(text)

    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with FaultyProxy(port, chance or random.Random(1)) as proxy:
            yield proxy


@dataclass(frozen=True, slots=True)
class Proxied:
    """A proxy, and a client connected through it whose first messages have passed."""

    proxy: FaultyProxy
    client: ClientConnection


@pytest.fixture
async def proxied() -> AsyncIterator[Proxied]:
    async with (
        echo() as proxy,
        connect(proxy.url, compression=None, ping_interval=None, close_timeout=1) as client,
    ):
        for text in ("a", "b", "c"):
            await client.send(text)
            assert await client.recv() == text
        yield Proxied(proxy, client)


async def answers(client: ClientConnection, *texts: str, within_s: float = 5.0) -> list[str]:
    """The messages that come back within ``within_s``."""
    for text in texts:
        await client.send(text)
    got: list[str] = []
    try:
        async with asyncio.timeout(within_s):
            while True:
                got.append(str(await client.recv()))
    except TimeoutError:
        return got


async def test_a_good_wire_changes_nothing(proxied: Proxied) -> None:
    assert await answers(proxied.client, "1", "2", "x" * 70_000) == ["1", "2", "x" * 70_000]


async def test_a_cut_ends_the_connection(proxied: Proxied) -> None:
    proxied.proxy.cut()
    with pytest.raises(ConnectionClosed):
        await proxied.client.recv()


async def test_on_a_half_open_connection_nothing_arrives_and_a_new_one_is_good(
    proxied: Proxied,
) -> None:
    proxied.proxy.half_open()
    assert await answers(proxied.client, "1") == []
    async with connect(proxied.proxy.url, compression=None) as other:
        assert await answers(other, "2") == ["2"]


async def test_what_was_stalled_comes_later(proxied: Proxied) -> None:
    proxied.proxy.stall()
    assert await answers(proxied.client, "1") == []
    proxied.proxy.flow()
    assert await answers(proxied.client, "2") == ["1", "2"]


async def test_frames_are_delayed_lost_and_repeated(proxied: Proxied) -> None:
    proxied.proxy.frame_faults = FrameFaults(delay_s=1.0)
    assert await answers(proxied.client, "1", within_s=1.9) == []
    assert await answers(proxied.client, within_s=0.2) == ["1"]
    proxied.proxy.frame_faults = FrameFaults(lost=1.0)
    assert await answers(proxied.client, "2") == []
    proxied.proxy.frame_faults = FrameFaults(repeated=1.0)
    assert await answers(proxied.client, "3") == ["3"] * 4


async def test_frames_are_overtaken(proxied: Proxied) -> None:
    proxied.proxy.frame_faults = FrameFaults(overtaken=0.5)
    sent = [str(number) for number in range(20)]
    got = await answers(proxied.client, *sent)
    assert got != sent
    assert sorted(got, key=int) == sent


async def test_a_gateway_that_is_away_answers_nobody() -> None:
    async with FaultyProxy(closed_port(), random.Random(1)) as proxy:
        with pytest.raises((OSError, WebSocketException, EOFError)):
            await connect(proxy.url, open_timeout=2)
