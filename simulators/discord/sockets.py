"""A websocket with a send queue, and the compression of the main gateway's frames."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

from aiohttp import web

from simulators.discord.errors import BadFrame


@dataclass(frozen=True, slots=True)
class _Close:
    code: int
    reason: bytes


@dataclass(frozen=True, slots=True)
class _Stall:
    seconds: float


class Socket:
    """One accepted websocket: read it with ``async for``; send in order, at any time.

    Use as an async context manager.
    """

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._ws = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        self._queue: asyncio.Queue[str | bytes | _Close | _Stall] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self.closing = False
        """True after `close` or `abort`; later messages are not sent."""

    @property
    def response(self) -> web.WebSocketResponse:
        return self._ws

    async def __aenter__(self) -> Socket:
        await self._ws.prepare(self._request)
        self._writer = asyncio.create_task(self._write(), name="simulated-discord-socket")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing = True
        if self._writer is not None:
            if not self._queue.empty() and not self._ws.closed:
                await asyncio.wait([self._writer], timeout=1.0)
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    def send(self, data: str | bytes) -> None:
        if not self.closing:
            self._queue.put_nowait(data)

    def stall(self, seconds: float) -> None:
        """Delay everything sent from now on."""
        self._queue.put_nowait(_Stall(seconds))

    def close(self, code: int, reason: str = "") -> None:
        """Close after all earlier messages are sent."""
        if not self.closing:
            self.closing = True
            # A close frame has room for 123 bytes.
            self._queue.put_nowait(_Close(code, reason.encode("ascii", "replace")[:123]))

    def abort(self) -> None:
        """Abort the TCP connection without a close frame, as a failing network does."""
        self.closing = True
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _write(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                if isinstance(item, str):
                    await self._ws.send_str(item)
                elif isinstance(item, bytes):
                    await self._ws.send_bytes(item)
                elif isinstance(item, _Stall):
                    await asyncio.sleep(item.seconds)
                else:
                    await self._ws.close(code=item.code, message=item.reason)
                    return
            except ConnectionError:  # the bot is gone; the reading side ends on its own
                return


Compressor: TypeAlias = Callable[[str], str | bytes]
"""Encodes one frame; keeps the compression state of its connection."""

_UNKNOWN_ERROR = 4000


def plain(text: str) -> str:
    return text


def compressor(name: str | None) -> Compressor:
    """The compressor that a connection requested by ``?compress=``; None: no compression.

    Raises:
        BadFrame: there is no such compression.
    """
    if name is None:
        return plain
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        try:
            zstandard = importlib.import_module("zstandard")
        except ModuleNotFoundError:
            why = "zstd-stream needs the zstandard package in the simulator's process too"
            raise BadFrame(_UNKNOWN_ERROR, why, fault=False) from None
        block = zstandard.ZstdCompressor().compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: bytes(block.compress(text.encode()) + block.flush(flush))
    raise BadFrame(_UNKNOWN_ERROR, f"unknown compression {name!r}")
