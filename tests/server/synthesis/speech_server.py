"""A speech server on loopback with scripted responses, stalls and broken connections."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from testing.manual_clock import settle

CUT: Final = "cut"
"""In a reply's body: close the connection before the response ends."""


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Reply:
    """``body`` is sent item by item; the server waits for an event until it is set."""

    body: Sequence[bytes | asyncio.Event | str] = ()
    content_type: str = "audio/pcm"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(
    status: int, body: object, content_type: str = "application/json", **headers: str
) -> Reply:
    """A reply with an error; ``headers`` have underscores for hyphens."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply([data], content_type, status, named)


def redirect(status: int, location: str) -> Reply:
    return Reply([b"moved"], "text/html", status, {"Location": location})


Answering: TypeAlias = Callable[[Asked], Reply]


def by_format(replies: dict[str, Reply]) -> Answering:
    """Answer by the requested ``response_format``."""
    return lambda asked: replies[asked.body["response_format"]]


@dataclass
class SpeechServer:
    answer: Answering
    hang_up_after: bool = False
    """Close each connection without notice after a response."""
    port: int = 0
    """The port; 0 takes a free one."""
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client disconnects during a response."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first request arrived."""

    async def __aenter__(self) -> Self:
        self._writers: set[asyncio.StreamWriter] = set()
        self._all_closed = asyncio.Event()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        await settle()  # a connection that was just accepted has no writer yet
        for writer in self._writers:
            writer.close()
        while self._writers:
            self._all_closed.clear()
            await asyncio.wait_for(self._all_closed.wait(), 5)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def formats(self) -> list[str]:
        """The requested formats, in order."""
        return [asked.body["response_format"] for asked in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                self.reached.set()
                if not await self._reply(self.answer(asked), reader, writer) or self.hang_up_after:
                    break
        except ConnectionError:
            self.left.set()
        finally:
            writer.close()
            self._writers.discard(writer)
            self._all_closed.set()

    async def _reply(
        self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        writer.write(
            f"HTTP/1.1 {reply.status} Whatever\r\nContent-Type: {reply.content_type}\r\n".encode()
        )
        for name, value in reply.headers.items():
            writer.write(f"{name}: {value}\r\n".encode())
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n")
        for piece in reply.body:
            if isinstance(piece, asyncio.Event):
                await writer.drain()
                if not await self._stall(piece, reader):
                    return False
            elif isinstance(piece, str):
                await writer.drain()
                return False
            elif piece:
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _stall(self, until: asyncio.Event, reader: asyncio.StreamReader) -> bool:
        """Returns False if the client disconnected first."""
        going_on = asyncio.create_task(until.wait())
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait((going_on, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not going_on.done():
                self.left.set()
            return going_on.done()
        finally:
            for task in (going_on, leaving):
                task.cancel()
            await asyncio.gather(going_on, leaving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, json.loads(body) if body else None)
