"""A minimal Gateway client of `websockets` and `json`, without checks.

Our client's times are compared with its times. It also observes when the Gateway has carried out a
request of either: every connection receives the events of all sessions.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect


class BareClient:
    """``async with BareClient(url, token) as bare``; its times are ``time.perf_counter()``."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._ids = itertools.count(1)
        self._answers: dict[str, asyncio.Future[float]] = {}
        self._moments: dict[tuple[str, str], asyncio.Future[float]] = {}

    async def __aenter__(self) -> Self:
        self._socket: ClientConnection = await connect(
            self._url, compression=None, max_size=2**25, proxy=None
        )
        await self._socket.recv()
        self._reader = asyncio.create_task(self._read())
        await self.ask(
            "connect",
            minProtocol=4,
            maxProtocol=4,
            client={
                "id": "gateway-client",
                "mode": "backend",
                "version": "1",
                "platform": "linux",
            },
            role="operator",
            scopes=["operator.read", "operator.write"],
            auth={"token": self._token},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._socket.close()
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def ask(self, method: str, **params: Any) -> float:
        """Send a request; returns when its answer arrived.

        Raises:
            RuntimeError: the answer is an error.
        """
        ident = str(next(self._ids))
        answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._answers[ident] = answer
        frame = {"type": "req", "id": ident, "method": method, "params": params}
        await self._socket.send(json.dumps(frame))
        return await answer

    async def begin(self, session_key: str, message: str) -> tuple[str, float]:
        """`chat.send`: the run's id, and when it was acknowledged."""
        run_id = str(uuid.uuid4())
        acknowledged = await self.ask(
            "chat.send", sessionKey=session_key, message=message, idempotencyKey=run_id
        )
        return run_id, acknowledged

    def moment(self, session_key: str, state: str) -> asyncio.Future[float]:
        """When the session's next chat event of that state arrives."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._moments[session_key, state] = future
        return future

    async def _read(self) -> None:
        async for text in self._socket:
            now, frame = time.perf_counter(), json.loads(text)
            if frame["type"] == "res":
                self._settle(frame, now)
            elif frame["event"] == "chat":
                payload = frame["payload"]
                future = self._moments.pop((payload["sessionKey"], payload["state"]), None)
                if future is not None:
                    future.set_result(now)

    def _settle(self, frame: dict[str, Any], now: float) -> None:
        future = self._answers.pop(frame["id"])
        if frame["ok"]:
            future.set_result(now)
        else:
            future.set_exception(RuntimeError(str(frame["error"])))
