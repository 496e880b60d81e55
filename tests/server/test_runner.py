from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from fastapi import FastAPI

from server.errors import EngineUnavailable, ServerNotStarted
from server.runner import EmbeddedServer, espeak_only, serve
from server.settings import ServerSettings
from tests.server.fake_engines import ScriptedEngine


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_port_0_takes_a_free_port_and_releases_it() -> None:
    engine = ScriptedEngine()
    async with EmbeddedServer(ServerSettings(port=0), make_engine=lambda: engine) as server:
        port = port_of(server.url)
        assert server.url == f"http://127.0.0.1:{port}"
        assert listens(port)
    assert not listens(port)
    assert engine.closed


async def test_two_run_side_by_side() -> None:
    async with (
        EmbeddedServer(ServerSettings(port=0)) as one,
        EmbeddedServer(ServerSettings(port=0)) as other,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        assert one.url != other.url
        for url in (one.url, other.url):
            assert (await client.get(url + "/health")).status_code == 200


async def test_a_port_in_use_raises_with_advice_and_closes_the_engine() -> None:
    engine = ScriptedEngine()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerNotStarted, match=rf"127\.0\.0\.1 port {port}.*SERVER_PORT"):
            async with EmbeddedServer(ServerSettings(port=port), make_engine=lambda: engine):
                pass
    assert engine.closed


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
async def test_an_address_of_another_machine_raises(host: str) -> None:
    with pytest.raises(ServerNotStarted, match=host):
        async with EmbeddedServer(ServerSettings(host=host, port=0, open_to_everyone=True)):
            pass


async def test_a_server_on_all_addresses_is_reached_on_loopback() -> None:
    settings = ServerSettings(host="0.0.0.0", port=0, open_to_everyone=True)
    async with EmbeddedServer(settings) as server:
        assert server.url.startswith("http://127.0.0.1:")
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(server.url + "/health")).status_code == 200


async def test_the_error_of_an_engine_that_does_not_load_is_passed_on() -> None:
    def broken() -> ScriptedEngine:
        raise EngineUnavailable("no library")

    with pytest.raises(EngineUnavailable, match="no library"):
        async with EmbeddedServer(ServerSettings(port=0), make_engine=broken):
            pass


async def test_an_application_that_does_not_start_raises_and_closes_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: FastAPI) -> AbstractAsyncContextManager[None]:
        raise RuntimeError("cannot start")

    engine = ScriptedEngine()
    server = EmbeddedServer(ServerSettings(port=0), make_engine=lambda: engine)
    monkeypatch.setattr("server.runner.create_app", lambda *_: FastAPI(lifespan=broken))
    with pytest.raises(ServerNotStarted, match="does not start"):
        async with server:
            pass
    assert not listens(port_of(server.url))
    assert engine.closed


async def test_a_cancelled_start_closes_everything() -> None:
    engine = ScriptedEngine()
    server = EmbeddedServer(ServerSettings(port=0), make_engine=lambda: engine)
    starting = asyncio.create_task(server.__aenter__())
    for _ in range(1000):
        if server.url:
            break
        await asyncio.sleep(0.001)
    assert server.url
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not listens(port_of(server.url))
    assert engine.closed


async def test_the_loop_runs_while_the_engine_is_made_and_a_cancelled_start_closes_it() -> None:
    engine, go = ScriptedEngine(), threading.Event()
    made = threading.Event()

    def make() -> ScriptedEngine:
        go.wait(10)
        made.set()
        return engine

    starting = asyncio.create_task(
        EmbeddedServer(ServerSettings(port=0), make_engine=make).__aenter__()
    )
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not made.is_set()
    go.set()
    for _ in range(1000):
        if engine.closed:
            break
        await asyncio.sleep(0.001)
    assert engine.closed


async def test_the_server_stops_despite_open_connections_and_responses() -> None:
    engine = ScriptedEngine(chunks=2)
    body = {"input": "Hello.", "response_format": "pcm"}
    async with httpx.AsyncClient(trust_env=False) as client:
        async with EmbeddedServer(ServerSettings(port=0), make_engine=lambda: engine) as server:
            await client.get(server.url + "/health")
            request = client.build_request("POST", server.url + "/v1/audio/speech", json=body)
            answer = await client.send(request, stream=True)
            await anext(answer.aiter_raw())
            engine.go.set()
            begun = time.monotonic()
        assert time.monotonic() - begun < 5
        await answer.aclose()


async def test_the_end_of_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    """With Nagle's algorithm, the end of each response is 40 ms late on Linux."""
    async with (
        EmbeddedServer(ServerSettings(port=0)) as server,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        body = {"input": "It is ten past three.", "response_format": "pcm"}
        times = []
        for _ in range(8):
            begun = time.monotonic()
            await client.post(server.url + "/v1/audio/speech", json=body)
            times.append(time.monotonic() - begun)
    assert min(times) < 0.035


async def test_serving_runs_until_cancelled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    task = asyncio.create_task(serve(ServerSettings(port=port), espeak_only))
    async with httpx.AsyncClient(
        trust_env=False, transport=httpx.AsyncHTTPTransport(retries=5)
    ) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/health")
    assert answer.status_code == 200
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not listens(port)
