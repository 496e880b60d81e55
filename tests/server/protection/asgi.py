"""A client of ASGI applications, message by message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GONE: Message = {"type": "http.disconnect"}


def piece(body: bytes, *, more: bool = False) -> Message:
    """A part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


@dataclass
class Exchange:
    """One request: what the application receives in turn, and what it sends.

    After its messages the client stays connected, and silent.
    """

    messages: Iterable[Message] = (piece(b"{}"),)
    path: str = "/v1/audio/speech"
    method: str = "POST"
    client: str = "192.0.2.1"
    headers: dict[str, str] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    kind: str = "http"
    sent: list[Message] = field(default_factory=list)
    taken: int = 0
    """How many messages the application has received."""

    @property
    def scope(self) -> Scope:
        return {
            "type": self.kind,
            "method": self.method,
            "path": self.path,
            "query_string": b"",
            "client": (self.client, 50_000),
            "headers": [
                (name.lower().encode(), value.encode()) for name, value in self.headers.items()
            ],
            "state": self.state,
        }

    async def with_(self, app: ASGIApp) -> Exchange:
        """Have ``app`` answer."""
        left = iter(self.messages)

        async def receive() -> Message:
            await asyncio.sleep(0)
            message = next(left, None)
            if message is None:
                await asyncio.Event().wait()
            assert message is not None
            self.taken += 1
            return message

        async def send(message: Message) -> None:
            self.sent.append(message)

        await app(self.scope, receive, send)
        return self

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def header(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    @property
    def error(self) -> dict[str, Any]:
        """The error, in OpenAI's shape."""
        content = json.loads(self.body)
        assert list(content) == ["error"]
        assert set(content["error"]) == {"message", "type", "param", "code"}
        return dict(content["error"])


async def answer(send: Send, body: bytes = b"ok") -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with the length of the body; it stops if the client is gone."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message.get("more_body", False)
    await answer(send, str(length).encode())
