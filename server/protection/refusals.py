"""Answers of the server's protection, before a request reaches its route."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Final

from starlette.types import Receive, Send

from network.serving.protocol import RETRY_AFTER_S, ConnectionRefusal
from server.errors import ApiError

_LINGER_S: Final = 2.0
"""How long the rest of a refused body is read and dropped. Without that, many clients lose the
response: the system resets a connection that is closed with unread bytes."""


def error_body(error: ApiError) -> bytes:
    """``error`` as JSON in OpenAI's shape."""
    fields = {
        "message": error.message,
        "type": error.kind,
        "param": error.param,
        "code": error.code,
    }
    return json.dumps({"error": fields}, ensure_ascii=False).encode()


def refusal_body(refusal: ConnectionRefusal) -> tuple[str, bytes]:
    """The content type and the body of a refused connection, in OpenAI's shape."""
    kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
    error = ApiError(refusal.message, status=refusal.status, kind=kind, code=refusal.code)
    return "application/json", error_body(error)


async def refuse(
    receive: Receive, send: Send, error: ApiError, *headers: tuple[bytes, bytes]
) -> None:
    """Answer with ``error`` and close the connection, so that a large body is not read."""
    body = error_body(error)
    start = {
        "type": "http.response.start",
        "status": error.status,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *headers,
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while (await receive()).get("more_body", False):
                pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def retry_after(seconds: float = RETRY_AFTER_S) -> tuple[bytes, bytes]:
    """The header that asks a client to wait."""
    return b"retry-after", str(max(1, round(seconds))).encode()
