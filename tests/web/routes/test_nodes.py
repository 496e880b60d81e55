"""The routes of the nodes, in-process: what a visitor and an operator get."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from fleet.overview.model import FleetState
from tests.web.pages import ShownBot, ShownFleet
from web.app import create_web_app
from web.fleet import FleetSource
from web.runner import WebServer
from web.settings import WebSettings

PASSWORD = "correct horse"
LOCAL = "http://127.0.0.1:8091"


@asynccontextmanager
async def browser(
    fleet: FleetSource | None, settings: WebSettings | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_web_app(settings or WebSettings(), ShownBot(), fleet=fleet)
    transport = httpx.ASGITransport(app, client=("10.0.0.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=LOCAL) as client:
        yield client


async def test_the_operator_sees_every_node() -> None:
    async with browser(ShownFleet()) as client:
        state = (await client.get("/api/nodes")).json()
        page = await client.get("/nodes")
        assert (await client.get("/api/status")).json()["nodes"]
    assert state["summary"] == "2 nodes: 1 connected, 1 offline"
    assert state["gpu_words"] == "4x H100, 320 GB"
    box, bot = state["nodes"]
    assert (box["kind_words"], box["gpu_words"]) == ("GPU box", "4x H100, 320 GB")
    assert bot["rooms"] == [
        {"place": "The harbour, Living room", "agent": "jarvis", "people": 2, "waiting": 0}
    ]
    assert page.status_code == 200
    assert "nodes.js" in page.text


async def test_a_visitor_sees_no_node_and_comes_back_after_the_login() -> None:
    locked = WebSettings(password=SecretStr(PASSWORD))
    async with browser(ShownFleet(), locked) as client:
        for path in ("/api/nodes", "/api/nodes/events"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert "harbour" not in answer.text
        page = await client.get("/nodes")
        assert (page.status_code, page.headers["location"]) == (303, "/login?next=nodes")
        onward = await client.post(
            "/login?next=nodes", data={"password": PASSWORD}, headers={"Origin": LOCAL}
        )
        assert (onward.status_code, onward.headers["location"]) == (303, "/nodes")


async def test_without_a_fleet_there_is_no_page_of_nodes() -> None:
    async with browser(None) as client:
        for path in ("/nodes", "/api/nodes", "/api/nodes/events"):
            assert (await client.get(path)).status_code == 404
        assert not (await client.get("/api/status")).json()["nodes"]


async def test_changes_are_sent_and_end_with_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.routes.nodes.EVERY_S", 0.02)
    fleet = ShownFleet()
    settings = WebSettings(port=0, password=SecretStr(PASSWORD))
    app = create_web_app(settings, ShownBot(), fleet=fleet)
    async with (
        WebServer(settings, app) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        origin = {"Origin": server.url}
        await client.post("/login", data={"password": PASSWORD}, headers=origin)
        async with asyncio.timeout(10), client.stream("GET", "/api/nodes/events") as stream:
            lines = stream.aiter_lines()
            first = json.loads((await anext(lines)).removeprefix("data: "))
            assert len(first["nodes"]) == 2
            fleet.state = FleetState((), problem="no connection")
            await anext(lines)
            second = json.loads((await anext(lines)).removeprefix("data: "))
            assert (second["nodes"], second["problem"]) == ([], "no connection")
            await client.post("/logout", headers=origin)
            assert [line async for line in lines if line.startswith("data")] == []
