"""The status page over the whole bot: what it shows of a call on Discord."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace

import httpx
import pytest

from app.web_pages import web_pages
from pipeline.events import ReplyEnded
from tests.e2e.conftest import OpenHarness
from tests.e2e.test_conversation import call_in
from web.settings import WebSettings

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

ASKED = "Jarvis, what time is it?"


async def test_a_call_is_shown_with_people_words_reasons_and_stages(
    open_harness: OpenHarness,
) -> None:
    async with open_harness() as harness:
        own = harness.services.settings.model_copy(update={"web": WebSettings(port=0)})
        async with (
            web_pages(replace(harness.services, settings=own)) as pages,
            httpx.AsyncClient(base_url=pages.url, trust_env=False) as client,
        ):
            before = (await client.get("/api/status")).json()
            assert before["rooms"] == []
            assert before["parts"][0]["condition"] == "broken"
            pages.bot = harness.bot
            await call_in(harness, "Alice", "Bob")
            await harness.say("Alice", ASKED)
            await harness.event(ReplyEnded)
            state = (await client.get("/api/status")).json()
    (room,) = state["rooms"]
    assert (room["place"], room["kind"]) == ("The harbour, Living room", "discord")
    assert (room["agent"], room["people"]) == ("Jarvis", ["Alice", "Bob"])
    (turn,) = room["turns"]
    assert (turn["speaker"], turn["text"], turn["outcome"]) == ("Alice", ASKED, "answered")
    assert "called by name" in turn["reasons"]
    assert turn["stages_ms"]["voice_to_voice"] > 0
    assert {part["condition"] for part in state["parts"]} == {"well"}


async def test_a_port_in_use_is_logged_and_the_bot_runs_on(
    open_harness: OpenHarness, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = WebSettings(port=taken.getsockname()[1])
        async with open_harness() as harness:
            own = harness.services.settings.model_copy(update={"web": web})
            async with web_pages(replace(harness.services, settings=own)) as pages:
                assert pages.url == ""
    (error,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"port {web.port}" in error.getMessage()
    assert "web.port" in error.getMessage()
