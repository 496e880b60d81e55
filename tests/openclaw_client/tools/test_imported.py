"""The Gateway's tools that the bot calls: what may be called, what is missing, what fails."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import ValidationError

from openclaw_client import OpenClawClient, OpenClawConfig
from openclaw_client.tools.arguments import WebSearch
from openclaw_client.tools.imported import (
    ImportedTools,
    ToolFailed,
    ToolMissing,
    ToolNotAllowed,
)
from openclaw_client.tools.settings import ImportSettings
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN, config_for
from testing.manual_clock import eventually

SESSION = "agent:jarvis:discord:dm:42"


@asynccontextmanager
async def imported(
    *allow: str, tools: dict[str, Any] | None = None
) -> AsyncIterator[tuple[ImportedTools, OpenClawClient, GatewaySimulator]]:
    async with (
        GatewaySimulator(token=TOKEN, tools=tools or {}) as gateway,
        OpenClawClient(config_for(gateway.url)) as client,
    ):
        settings = ImportSettings.model_validate({"allow": allow})
        held = ImportedTools(client.gateway, settings, "jarvis")
        try:
            yield held, client, gateway
        finally:
            await held.close()


async def test_an_allowed_tool_is_called_with_its_arguments() -> None:
    seen: list[dict[str, Any]] = []

    def search(arguments: dict[str, Any]) -> str:
        seen.append(arguments)
        return "Mont Blanc is 4,806 m high."

    async with imported("web_search", tools={"web_search": search}) as (tools, _, gateway):
        result = await tools.invoke(WebSearch(query="Mont Blanc", language="en"), SESSION)
        assert result.text == "Mont Blanc is 4,806 m high."
        assert seen == [{"query": "Mont Blanc", "count": 5, "language": "en"}]
        (params,) = gateway.asked("tools.invoke")
        assert params["sessionKey"] == SESSION


async def test_what_the_settings_do_not_list_is_never_sent() -> None:
    async with imported() as (tools, _, gateway):
        with pytest.raises(ToolNotAllowed, match=r"openclaw\.imports\.allow does not list web_sea"):
            await tools.invoke(WebSearch(query="x"), SESSION)
        assert gateway.asked("tools.invoke") == []


async def test_a_tool_that_is_missing_or_fails_says_what_to_do() -> None:
    def broken(_: dict[str, Any]) -> str:
        raise RuntimeError("no key")

    async with imported("web_search") as (tools, _, __):
        with pytest.raises(ToolMissing, match=r'list "web_search" in tools\.alsoAllow'):
            await tools.invoke(WebSearch(query="x"), SESSION)
    async with imported("web_search", tools={"web_search": broken}) as (tools, _, __):
        with pytest.raises(ToolFailed, match="web_search failed: tool execution failed"):
            await tools.invoke(WebSearch(query="x"), SESSION)


def test_a_tool_that_no_part_of_the_bot_calls_cannot_be_allowed() -> None:
    with pytest.raises(ValidationError, match="Input should be 'web_search'"):
        ImportSettings.model_validate({"allow": ["session_status"]})


async def test_missing_tools_are_known_after_a_connect(caplog: pytest.LogCaptureFixture) -> None:
    async with imported("web_search") as (tools, client, gateway):
        assert await tools.look() is None, "the Gateway tells them for a session alone"
        await client.send_message("jarvis", "Good morning.", speaker=("42", "Alice"))
        assert await tools.look() == ("web_search",)
        with caplog.at_level(logging.WARNING):
            gateway.drop_connections()
            await eventually(lambda: tools.missing == ("web_search",))
        assert "the agent jarvis does not have web_search" in caplog.text


def test_wrong_arguments_are_refused() -> None:
    for wrong in ({"query": "  "}, {"query": 401 * "x"}, {"query": "x", "count": 11}, {"q": "x"}):
        with pytest.raises(ValidationError):
            WebSearch.model_validate(wrong)


def test_a_search_by_voice_needs_its_tool() -> None:
    with pytest.raises(ValidationError, match="search_by_voice: allow must list web_search"):
        OpenClawConfig.model_validate({"imports": {"search_by_voice": True}})
