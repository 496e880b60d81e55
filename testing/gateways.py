"""Gateways that misbehave, and helpers to connect to any."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from openclaw_client import OpenClawClient, OpenClawConfig
from simulators.gateway import GatewaySimulator
from testing.manual_clock import eventually

TOKEN = "swordfish-7f3a"

CHALLENGE = {
    "type": "event",
    "event": "connect.challenge",
    "payload": {"nonce": "n", "ts": 1, "capabilities": []},
}


def config_for(url: str, **settings: Any) -> OpenClawConfig:
    return OpenClawConfig.model_validate({"base_url": url, "auth_token": TOKEN, **settings})


def hello(**changes: Any) -> dict[str, Any]:
    """A `hello-ok` with the fields that the client reads, and an unknown one."""
    return {
        "type": "hello-ok",
        "protocol": 4,
        "server": {"version": "2026.9.6", "connId": "c", "newInThisRelease": True},
        "auth": {"role": "operator", "scopes": ["operator.read", "operator.write"]},
        "policy": {"tickIntervalMs": 30_000},
        **changes,
    }


@asynccontextmanager
async def odd_gateway(
    behave: Callable[[ServerConnection], Awaitable[None]],
) -> AsyncIterator[str]:
    """A WebSocket server that runs ``behave`` for each connection; its address."""

    async def handle(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await behave(connection)

    async with serve(handle, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


async def say(connection: ServerConnection, frame: dict[str, Any]) -> None:
    await connection.send(json.dumps(frame))


async def greet(connection: ServerConnection, answer: dict[str, Any] | None = None) -> None:
    """The server's side of a handshake that succeeds, or that is answered with ``answer``."""
    await say(connection, CHALLENGE)
    request = json.loads(await connection.recv())
    frame = answer if answer is not None else {"ok": True, "payload": hello()}
    await say(connection, {"type": "res", "id": request["id"], **frame})


async def sign_of_life(client: OpenClawClient, gateway: GatewaySimulator) -> None:
    """Send a meaningless frame, and wait until the client has read it."""
    bad = client.stats.frames_bad
    await gateway.send_text("not a frame")
    await eventually(lambda: client.stats.frames_bad > bad)
