"""A bad network, on purpose."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException

from bench.faulty_wire import FaultyWire, Frames, Weather
from testing.gateways import closed_port
from testing.jumping_loop import JumpingLoop

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
async def echo(chance: random.Random | None = None) -> AsyncIterator[FaultyWire]:
    """A wire to a server that sends everything back."""

    async def handle(socket: ServerConnection) -> None:
        async for text in socket:
            await socket.send(text)

    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with FaultyWire(port, chance or random.Random(1)) as wire:
            yield wire


def over(act: Callable[[FaultyWire, ClientConnection], Awaitable[None]]) -> None:
    """Do something with the wire and a connection through it whose first messages are through."""

    async def scene() -> None:
        async with (
            echo() as wire,
            connect(wire.url, compression=None, ping_interval=None, close_timeout=1) as client,
        ):
            for text in ("a", "b", "c"):
                await client.send(text)
                assert await client.recv() == text
            await act(wire, client)

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(scene())


async def answers(client: ClientConnection, *texts: str, within_s: float = 5.0) -> list[str]:
    """What comes back within some seconds."""
    for text in texts:
        await client.send(text)
    got: list[str] = []
    try:
        async with asyncio.timeout(within_s):
            while True:
                got.append(str(await client.recv()))
    except TimeoutError:
        return got


def test_a_good_wire_changes_nothing() -> None:
    async def act(wire: FaultyWire, client: ClientConnection) -> None:
        assert await answers(client, "1", "2", "x" * 70_000) == ["1", "2", "x" * 70_000]

    over(act)


def test_a_cut_ends_the_connection() -> None:
    async def act(wire: FaultyWire, client: ClientConnection) -> None:
        wire.cut()
        with pytest.raises(ConnectionClosed):
            await client.recv()

    over(act)


def test_on_a_half_open_connection_nothing_arrives_and_a_new_one_is_good() -> None:
    async def act(wire: FaultyWire, client: ClientConnection) -> None:
        wire.half_open()
        assert await answers(client, "1") == []
        async with connect(wire.url, compression=None) as other:
            assert await answers(other, "2") == ["2"]

    over(act)


def test_what_was_stalled_comes_later() -> None:
    async def act(wire: FaultyWire, client: ClientConnection) -> None:
        wire.stall()
        assert await answers(client, "1") == []
        wire.flow()
        assert await answers(client, "2") == ["1", "2"]

    over(act)


def test_frames_are_delayed_lost_and_repeated() -> None:
    async def act(wire: FaultyWire, client: ClientConnection) -> None:
        wire.weather = Weather(delay_s=1.0)
        assert await answers(client, "1", within_s=1.9) == []
        assert await answers(client, within_s=0.2) == ["1"]
        wire.weather = Weather(lost=1.0)
        assert await answers(client, "2") == []
        wire.weather = Weather(repeated=1.0)
        assert await answers(client, "3") == ["3"] * 4

    over(act)


def test_frames_are_overtaken() -> None:
    async def act(wire: FaultyWire, client: ClientConnection) -> None:
        wire.weather = Weather(overtaken=0.5)
        sent = [str(number) for number in range(20)]
        got = await answers(client, *sent)
        assert got != sent
        assert sorted(got, key=int) == sent

    over(act)


def test_a_gateway_that_is_away_answers_nobody() -> None:
    async def scene() -> None:
        async with FaultyWire(closed_port(), random.Random(1)) as wire:
            with pytest.raises((OSError, WebSocketException, EOFError)):
                await connect(wire.url, open_timeout=2)

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(scene())
