from __future__ import annotations

import json
from typing import Any

import pytest

from server.cluster.this_machine_only import ThisMachineOnly

pytestmark = pytest.mark.virtual_time


async def _answers(scope: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "passed"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await ThisMachineOnly(app)(scope, receive, send)
    return sent


@pytest.mark.parametrize("client", [("127.0.0.1", 1), ("127.1.2.3", 1), ["::1", 1]])
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_this_machine_is_served(kind: str, client: Any) -> None:
    assert await _answers({"type": kind, "client": client}) == [{"type": "passed"}]


async def test_the_lifespan_passes() -> None:
    assert await _answers({"type": "lifespan"}) == [{"type": "passed"}]


@pytest.mark.parametrize("client", [("192.0.2.7", 1), None, ("", 0), ("unix", 0)])
async def test_another_machine_is_told_to_get_a_key(client: Any) -> None:
    start, body, _ = await _answers({"type": "http", "client": client})
    assert start["status"] == 403
    error = json.loads(body["body"])["error"]
    assert error["code"] == "no_keys"
    assert "keys add NAME" in error["message"]


async def test_another_machine_gets_no_websocket() -> None:
    [close] = await _answers({"type": "websocket", "client": ("192.0.2.7", 1)})
    assert (close["type"], close["code"]) == ("websocket.close", 1008)
