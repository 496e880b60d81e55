"""A search of the web by voice: said, posted, and without a turn of the agent."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.people.searching import VoiceSearch
from openclaw_client import PerGuildOpenClawClient
from openclaw_client.tools.imported import ImportedTools
from openclaw_client.tools.settings import ImportSettings
from simulators.gateway import GatewaySimulator
from testing.calls import Calls, calls
from testing.gateways import config_for
from testing.waiting import eventually
from tests.app.test_services import TOKEN, services_of

ASKED = "Search the web for the height of Mont Blanc."


@asynccontextmanager
async def searching(answer: str | None) -> AsyncIterator[tuple[Calls, GatewaySimulator]]:
    def search(arguments: dict[str, Any]) -> str:
        if answer is None:
            raise RuntimeError("no provider")
        return f"{answer} ({arguments['query']})"

    async with (
        calls(dave=False) as c,
        GatewaySimulator(token=TOKEN, tools={"web_search": search}) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url, auth_token=TOKEN)) as client,
    ):
        settings = ImportSettings(allow=("web_search",), search_by_voice=True)
        tools = ImportedTools(client.gateway, settings, "jarvis")
        search_all = VoiceSearch(dataclasses.replace(services_of(), gateway=client), c.bot, tools)
        await c.call_in()
        try:
            yield c, gateway
        finally:
            await search_all.close()
            await tools.close()


async def test_what_was_found_is_said_without_a_turn_of_the_agent() -> None:
    async with searching("It is 4,806 m high.") as (c, gateway):
        room = c.rooms[-1]
        assert not room.hear_words(c.alice.id, ASKED), "it may be said to another person"
        assert room.hear_words(c.alice.id, ASKED, addressed=True)
        await eventually(lambda: any("4,806" in each for each in room.said))
        assert room.said[-2:] == [
            "One moment, I am searching.",
            "It is 4,806 m high. (the height of Mont Blanc)",
        ]
        (params,) = gateway.asked("tools.invoke")
        assert params["args"] == {
            "query": "the height of Mont Blanc",
            "count": 5,
            "language": "en",
        }
        assert params["sessionKey"] == (f"agent:jarvis:discord:dm:{c.alice.id}:guild:{c.guild.id}")
        assert gateway.runs == []


async def test_a_search_that_fails_says_that(caplog: pytest.LogCaptureFixture) -> None:
    async with searching(None) as (c, _):
        room = c.rooms[-1]
        assert room.hear_words(c.alice.id, ASKED, addressed=True)
        await eventually(lambda: "The search did not work." in room.said)
        assert "a search by voice failed: web_search failed" in caplog.text
