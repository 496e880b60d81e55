"""A TCP proxy in front of a Gateway that simulates a faulty network.

Clients connect to the proxy's port. It parses the stream into WebSocket frames, so that whole
frames can be lost, repeated and reordered. TCP never does that, but a Gateway that drops events for
a slow client does, and a faulty proxy or peer may.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

_CHUNK: Final = 65_536
_TEXT: Final = 0x81
"""First byte of an unfragmented text frame."""
_HANDSHAKE_FRAMES: Final = 3
"""The first frames each way (upgrade, challenge or connect, hello) are never changed."""
_OVERTAKEN_S: Final = 0.2
"""Delay of a frame that others overtake: two or three deltas of a run."""


class Frames:
    """Cuts a stream of bytes into the HTTP upgrade and the WebSocket frames behind it. No I/O."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._upgraded = False

    def feed(self, data: bytes) -> list[bytes]:
        """The whole frames that ``data`` completes; the upgrade counts as the first."""
        self._rest += data
        frames = []
        while length := self._next_length():
            frames.append(bytes(self._rest[:length]))
            del self._rest[:length]
            self._upgraded = True
        return frames

    def _next_length(self) -> int:
        """Bytes of the first frame; 0 while it is not whole (RFC 6455, 5.2)."""
        rest = self._rest
        if not self._upgraded:
            end = rest.find(b"\r\n\r\n")
            return end + 4 if end >= 0 else 0
        if len(rest) < 2:
            return 0
        header = {126: 4, 127: 10}.get(rest[1] & 0x7F, 2)
        if len(rest) < header:
            return 0
        size = int.from_bytes(rest[2:header], "big") if header > 2 else rest[1] & 0x7F
        whole = header + (4 if rest[1] & 0x80 else 0) + size
        return whole if len(rest) >= whole else 0


@dataclass(slots=True)
class FrameFaults:
    """The faults that apply to every frame at present. Probabilities are 0 to 1."""

    lost: float = 0.0
    repeated: float = 0.0
    overtaken: float = 0.0
    delay_s: float = 0.0


@dataclass(slots=True, eq=False)
class _Pair:
    """A connection through the proxy: its two sockets."""

    client: asyncio.StreamWriter
    gateway: asyncio.StreamWriter
    half_open: bool = False
    """Open at both ends, but nothing arrives."""

    def abort(self) -> None:
        self.client.transport.abort()
        self.gateway.transport.abort()


class _Lane:
    """Frames in one direction, in the order of their due times."""

    def __init__(self) -> None:
        self._queue: asyncio.PriorityQueue[tuple[float, int, bytes]] = asyncio.PriorityQueue()
        self._arrived = asyncio.Event()
        self._number = 0

    def put(self, frame: bytes, due: float) -> None:
        self._number += 1
        self._queue.put_nowait((due, self._number, frame))
        self._arrived.set()

    async def get(self) -> bytes:
        """The next frame, as soon as it is due."""
        clock = asyncio.get_running_loop().time
        while True:
            due, number, frame = await self._queue.get()
            if due <= clock():
                return frame
            self._queue.put_nowait((due, number, frame))
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._arrived.wait()


class FaultyProxy:
    """``async with FaultyProxy(port, chance) as proxy``; clients connect to ``proxy.url``."""

    def __init__(self, gateway_port: int, chance: random.Random) -> None:
        self.frame_faults = FrameFaults()
        self._gateway_port = gateway_port
        self._chance = chance
        self._pairs: set[_Pair] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.flow()
        self._server.close()
        while self._serving:
            self.cut()
            await asyncio.wait(self._serving)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Abort all connections."""
        for pair in list(self._pairs):
            pair.abort()

    def half_open(self) -> None:
        """From now on nothing arrives over the present connections, which stay open."""
        for pair in self._pairs:
            pair.half_open = True

    def stall(self) -> None:
        """Hold all data back, also of new connections, until ``flow``."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    # -- one connection ----------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            from_gateway, gateway = await asyncio.open_connection("127.0.0.1", self._gateway_port)
        except OSError:
            client.transport.abort()
            return
        pair = _Pair(client, gateway)
        self._pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(pair, reader, gateway))
                both.create_task(self._carry(pair, from_gateway, client))
        finally:
            self._pairs.discard(pair)
            pair.abort()

    async def _carry(
        self, pair: _Pair, source: asyncio.StreamReader, target: asyncio.StreamWriter
    ) -> None:
        lane = _Lane()
        delivery = asyncio.create_task(self._deliver(pair, lane, target))
        frames, seen = Frames(), 0
        try:
            with suppress(ConnectionError):
                while data := await source.read(_CHUNK):
                    for frame in frames.feed(data):
                        seen += 1
                        self._take(lane, frame, tamper=seen > _HANDSHAKE_FRAMES)
            lane.put(b"", self._now() + self.frame_faults.delay_s + _OVERTAKEN_S)
            await delivery
        finally:
            delivery.cancel()

    def _take(self, lane: _Lane, frame: bytes, *, tamper: bool) -> None:
        """Queue a frame, with the present faults applied."""
        faults, roll = self.frame_faults, self._chance.random
        due = self._now() + faults.delay_s
        if not tamper or frame[0] != _TEXT:
            lane.put(frame, due)
            return
        if roll() < faults.lost:
            return
        if roll() < faults.overtaken:
            due += _OVERTAKEN_S
        lane.put(frame, due)
        if roll() < faults.repeated:
            lane.put(frame, due)

    async def _deliver(self, pair: _Pair, lane: _Lane, target: asyncio.StreamWriter) -> None:
        """Deliver frames until the end of the stream, which is an empty frame."""
        with suppress(ConnectionError):
            while frame := await lane.get():
                await self._flowing.wait()
                if not pair.half_open:
                    target.write(frame)
                    await target.drain()
            if not pair.half_open:
                target.close()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
