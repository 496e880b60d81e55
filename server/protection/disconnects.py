"""Work stops when its client goes, as ASGI middleware."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DISCONNECTED: Final = {"type": "http.disconnect"}


class CancelledWithClient:
    """Cancels a request whose client disconnects after its body has arrived.

    Starlette notices a disconnect only while it streams a response. Without this, a synthesis for
    a client that is gone goes on up to its first byte, and a transcription to its end.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(receive, send)
        serving = asyncio.create_task(self._serve(scope, request), name="request")
        watching = asyncio.create_task(request.until_gone(), name="client of a request")
        try:
            await asyncio.wait((serving, watching), return_when=asyncio.FIRST_COMPLETED)
            if not serving.done() and not request.answered:
                serving.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await serving
                return
            await serving
        finally:
            watching.cancel()
            serving.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)

    async def _serve(self, scope: Scope, request: _Request) -> None:
        await self._app(scope, request.receive, request.send)


class _Request:
    """Receives for the route and for the watcher, which must not do so at once."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._has_body = asyncio.Event()
        self._gone = asyncio.Event()
        self.answered = False
        """Whether the response is complete."""

    async def receive(self) -> Message:
        if self._has_body.is_set():
            await self._gone.wait()
            return dict(_DISCONNECTED)
        message = await self._receive()
        if not message.get("more_body", False):
            self._has_body.set()
        if message["type"] == "http.disconnect":
            self._gone.set()
        return message

    async def send(self, message: Message) -> None:
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.answered = True

    async def until_gone(self) -> None:
        await self._has_body.wait()
        while not self._gone.is_set():
            if (await self._receive())["type"] == "http.disconnect":
                self._gone.set()
