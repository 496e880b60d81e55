"""The barest client: sends what a test tells it to, and keeps what comes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from testing.gateways import TOKEN
from testing.waiting import within


def connect_params(**changes: Any) -> dict[str, Any]:
    params = {
        "minProtocol": 4,
        "maxProtocol": 4,
        "client": {
            "id": "gateway-client",
            "version": "0",
            "platform": "linux",
            "mode": "backend",
        },
        "role": "operator",
        "scopes": ["operator.read", "operator.write"],
        "auth": {"token": TOKEN},
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


WAIT_S = 5.0


class RawClient:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self._count = 0

    async def frame(self) -> dict[str, Any]:
        async with within(WAIT_S, "a frame", seen=lambda: self.events[-3:]):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        if frame["type"] == "event":
            self.events.append(frame)
        return frame

    async def ask(self, method: str, params: Any) -> dict[str, Any]:
        """The answer frame of one request."""
        self._count += 1
        ident = str(self._count)
        await self.send({"type": "req", "id": ident, "method": method, "params": params})
        while (frame := await self.frame()).get("id") != ident:
            pass
        return frame

    async def send(self, frame: Any) -> None:
        await self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the server's close, after reading what came before it."""
        try:
            while True:
                await self.frame()
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")

    async def until(self, state: str, run_id: str) -> dict[str, Any]:
        """The payload of a run's chat event of that state; all on the way to it are kept."""
        what = f"the state {state} of run {run_id}"
        async with within(WAIT_S, what, seen=lambda: self.events[-3:]):
            while True:
                frame = await self.frame()
                payload = frame.get("payload")
                if frame.get("event") != "chat" or not isinstance(payload, dict):
                    continue
                if payload["runId"] == run_id and payload["state"] == state:
                    return payload

    def chat(self, run_id: str) -> list[dict[str, Any]]:
        """The chat events of one run so far."""
        payloads = [frame["payload"] for frame in self.events if frame["event"] == "chat"]
        return [payload for payload in payloads if payload["runId"] == run_id]


@asynccontextmanager
async def raw(url: str) -> AsyncIterator[RawClient]:
    """Connected, with the challenge read, and not yet greeted."""
    async with connect(url, compression=None, max_size=None) as socket:
        client = RawClient(socket)
        await client.frame()
        yield client


@asynccontextmanager
async def greeted(url: str, **changes: Any) -> AsyncIterator[RawClient]:
    """Connected and let in."""
    async with raw(url) as client:
        answer = await client.ask("connect", connect_params(**changes))
        assert answer["ok"], answer
        yield client
