"""Requests are counted by their route, whatever a client writes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from monitoring.http_metrics import instrument
from monitoring.process_metrics import new_registry


async def chunks() -> AsyncIterator[bytes]:
    yield b""
    yield b"abc"
    yield b"defg"


@pytest.fixture
def registry() -> CollectorRegistry:
    return new_registry()


@pytest.fixture
def client(registry: CollectorRegistry) -> TestClient:
    app = FastAPI()

    @app.get("/voices/{name}")
    async def voices(name: str) -> StreamingResponse:
        return StreamingResponse(chunks())

    @app.get("/fails")
    async def fails() -> None:
        raise RuntimeError("a fault")

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    instrument(app, registry)
    return TestClient(
        app, "http://127.0.0.1", client=("127.0.0.1", 1), raise_server_exceptions=False
    )


def requests_of(registry: CollectorRegistry, route: str, method: str, status: str) -> float | None:
    labels = {"route": route, "method": method, "status": status}
    return registry.get_sample_value("openclaw_voice_http_requests_total", labels)


def test_requests_are_counted_with_what_was_sent(
    client: TestClient, registry: CollectorRegistry
) -> None:
    for name in ("ann", "ben", "carol"):
        assert client.get(f"/voices/{name}").content == b"abcdefg"
    route = "/voices/{name}"
    assert requests_of(registry, route, "GET", "200") == 3
    value = registry.get_sample_value
    assert value("openclaw_voice_http_sent_bytes_total", {"route": route}) == 21
    assert value("openclaw_voice_http_first_byte_seconds_count", {"route": route}) == 3
    assert value("openclaw_voice_http_requests_open") == 0
    assert "openclaw_voice_http_requests_total" in client.get("/metrics").text


def test_what_no_route_takes_makes_no_series_of_its_own(
    client: TestClient, registry: CollectorRegistry
) -> None:
    for number in range(50):
        client.get(f"/secret-{number}")
        client.request(f"M{number}", "/voices/x")
    assert requests_of(registry, "none", "GET", "404") == 50
    families = {family.name: family for family in registry.collect()}
    assert len(families["openclaw_voice_http_requests"].samples) < 10


def test_a_fault_and_a_websocket_are_counted(
    client: TestClient, registry: CollectorRegistry
) -> None:
    assert client.get("/fails").status_code == 500
    assert requests_of(registry, "/fails", "GET", "500") == 1
    with client.websocket_connect("/live"):
        pass
    assert requests_of(registry, "/live", "WEBSOCKET", "101") == 1
