"""The demo's pages: they come up with the demo's agents, and its own answers fit its questions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from rich.console import Console
from websockets.asyncio.client import connect
from websockets.typing import Origin

from demo.page import PAGE_AGENTS, demo_pages, page_settings
from demo.script import FIXTURE
from demo.stage import demo_settings
from settings import Settings
from simulators.gateway.agents import Memory
from web.settings import WebSettings


@pytest.mark.e2e
async def test_the_pages_come_up_with_the_demos_agents() -> None:
    own = Settings()
    settings = page_settings(own, demo_settings(own, FIXTURE), 0)
    told: list[str] = []
    async with (
        demo_pages(settings, FIXTURE, Console(quiet=True), told.append) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        assert (await client.get("/talk")).status_code == 200
        state = (await client.get("/api/status")).json()
    assert sorted(state["agents"]) == ["Jarvis", "Sage"]
    assert {part["name"] for part in state["parts"]} == {
        "OpenClaw Gateway",
        "speech",
        "speech to text",
    }
    assert any("ready" in line for line in told)


@pytest.mark.e2e
@pytest.mark.patience(30)
async def test_a_newcomer_hears_an_answer_though_the_demos_voice_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @asynccontextmanager
    async def deaf_server(*_: Any, **__: Any) -> AsyncIterator[SimpleNamespace]:
        listener = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            yield SimpleNamespace(url=f"http://127.0.0.1:{port}", engine="a broken engine")

    monkeypatch.setattr("demo.page.speech_server", deaf_server)
    own = Settings()
    settings = page_settings(own, demo_settings(own, FIXTURE), 0)
    enter = {"type": "enter", "name": "Ann", "key": "key of Ann", "rate": 48_000}
    asks = {"type": "say", "text": "Jarvis, what time is it?"}
    async with demo_pages(settings, FIXTURE, Console(quiet=True), lambda _: None) as url:
        socket = f"{url.replace('http', 'ws', 1)}/talk/socket"
        async with connect(socket, origin=Origin(url)) as page:
            await page.send(json.dumps(enter))
            await page.send(json.dumps(asks))
            async for message in page:
                if isinstance(message, bytes) and np.abs(np.frombuffer(message, "<i2")).max() > 500:
                    break


def test_the_pages_of_the_demo_stay_on_this_machine() -> None:
    own = Settings(web=WebSettings.model_validate({"host": "0.0.0.0", "password": "a long one"}))
    web = page_settings(own, own, None).web
    assert (web.host, web.port, web.password) == ("127.0.0.1", 8091, None)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Jarvis, what can you do?", "fixed rules"),
        ("Good evening!", "Good day"),
        ("Tell me a joke.", "robot"),
        ("Tell me a story", "village by the sea"),
        ("What is the weather in London", "sunny in London"),
        ("Why is the sky blue?", "Ask me what I can do"),
    ],
)
def test_a_newcomer_gets_a_fitting_answer(asked: str, answered: str) -> None:
    assert answered in " ".join(PAGE_AGENTS[0].answer(asked, Memory()))
