"""Answers of the server's protection, before a request reaches its route."""

from __future__ import annotations

import json
from typing import Final

from starlette.types import Send

from server.errors import ApiError

RETRY_AFTER_S: Final = 2
"""What a client that comes too early is asked to wait, in seconds."""


def error_body(error: ApiError) -> bytes:
    """``error`` as JSON in OpenAI's shape."""
    fields = {
        "message": error.message,
        "type": error.kind,
        "param": error.param,
        "code": error.code,
    }
    return json.dumps({"error": fields}, ensure_ascii=False).encode()


async def refuse(
    send: Send, error: ApiError, *headers: tuple[bytes, bytes], more_body: bool = False
) -> None:
    """Answer with ``error``; with ``more_body`` the caller ends the response."""
    body = error_body(error)
    start = {
        "type": "http.response.start",
        "status": error.status,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *headers,
        ],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": more_body})


def retry_after(seconds: float = RETRY_AFTER_S) -> tuple[bytes, bytes]:
    """The header that asks a client to wait."""
    return b"retry-after", str(max(1, round(seconds))).encode()
