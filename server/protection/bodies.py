"""The size and the time of request bodies, as ASGI middleware."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import ApiError
from server.protection.refusals import refuse
from server.protection.settings import LimitSettings

_SLOWEST_BYTES_S: Final = 10_000
"""The rate from which a body is never too late."""
UPLOADS: Final = frozenset({"/v1/audio/transcriptions", "/v1/audio/translations"})
"""Routes that take a file."""
_DISCONNECTED: Final = {"type": "http.disconnect"}


class BodyLimits:
    """Refuses a body that is too large, before it is read, or too slow.

    A form for a route with a file may be as large as an upload: it is kept in a temporary file
    above 1 MB. Every other body is read into memory by its route.
    """

    def __init__(self, app: ASGIApp, limits: LimitSettings) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        most = self._most_bytes(scope["path"], headers.get(b"content-type", b""))
        if _announced(headers) > most:
            await refuse(receive, send, _too_large(most))
            return
        body = _LimitedBody(receive, most, self._limits.body_timeout_s)

        async def unless_refused(message: Message) -> None:
            if body.refusal is None:
                await send(message)

        await self._app(scope, body.receive, unless_refused)
        if body.refusal is not None:
            await refuse(receive, send, body.refusal)

    def _most_bytes(self, path: str, content_type: bytes) -> int:
        is_form = content_type.lower().startswith(b"multipart/form-data")
        is_upload = is_form and path in UPLOADS
        return self._limits.upload_bytes if is_upload else self._limits.json_bytes


class _LimitedBody:
    """The body of one request. A route that reads a refused one sees its client disconnect."""

    def __init__(self, receive: Receive, most_bytes: int, timeout_s: float) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._timeout_s = timeout_s
        self._began = asyncio.get_running_loop().time()
        self._received = 0
        self._complete = False
        self.refusal: ApiError | None = None

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()  # waits for the client to disconnect
        if self.refusal is not None:
            return _DISCONNECTED
        allowed_s = self._timeout_s + self._received / _SLOWEST_BYTES_S
        try:
            async with asyncio.timeout_at(self._began + allowed_s):
                message = await self._receive()
        except TimeoutError:
            self.refusal = _too_slow(self._received)
            return _DISCONNECTED
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._received > self._most_bytes:
            self.refusal = _too_large(self._most_bytes)
            return _DISCONNECTED
        return message


def _announced(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _too_large(most: int) -> ApiError:
    return ApiError(
        f"The body is larger than {most} bytes, the most that this server takes.",
        status=413,
        code="request_too_large",
    )


def _too_slow(received: int) -> ApiError:
    return ApiError(
        f"The body did not arrive in time; {received} bytes did.",
        status=408,
        code="request_timeout",
    )
