"""The bot as a node, whole: what an agent does with its tools, the people in the room hear."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.events import ReplyEnded
from simulators.gateway import ScriptedAgent, jarvis
from simulators.gateway.agents import Rule
from testing.manual_clock import eventually
from testing.stage import Stage
from tests.e2e.conftest import Ear, SetStage
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

PROMISE = "I will remind you to call your mother."
NODE = {"node": {"enabled": True}}


def jarvis_with(pattern: str, tool: str, **arguments: Any) -> list[ScriptedAgent]:
    """Jarvis, who uses a tool when he hears certain words, and then says "Very well, sir."."""
    rule = Rule(pattern, "Very well, sir.", tool=(tool, arguments))
    return [replace(jarvis(), rules=(rule, *jarvis().rules))]


async def approve(stage: Stage) -> None:
    """The owner lets the bot's commands be used; until agents have the tools."""
    nodes = stage.gateway.nodes
    await stage.gateway.wait_for(lambda: any(node.published for node in nodes.all.values()))
    (node,) = nodes.all.values()
    assert node.pending is not None
    stage.gateway.approve_node(node.pending)
    assert node.tools


def said(words: str) -> Callable[[ReplyEnded], bool]:
    return lambda ended: ended.text == words


async def test_an_agent_has_something_said_that_everybody_hears(
    set_stage: SetStage, ear: Ear
) -> None:
    agents = jarvis_with(r"\bcall my mother\b", "voice_say", text=PROMISE, agent="sage")
    async with set_stage(agents=agents, openclaw=NODE) as stage:
        await approve(stage)
        await call_in(stage, "Alice", "Bob")
        await stage.say("Alice", "Jarvis, remind me to call my mother.")
        ended = await stage.event(ReplyEnded, where=said(PROMISE))
        assert (ended.agent, ended.heard) == ("sage", PROMISE)
        for name in ("Alice", "Bob"):
            await ear.hears(stage, name, "Very well, sir.", PROMISE)
        (run,) = stage.gateway.runs
        (result,) = run.tool_results
        assert json.loads(result)["outcome"] == "queued"


async def test_an_agent_knows_who_is_in_the_call(set_stage: SetStage) -> None:
    async with set_stage(
        agents=jarvis_with(r"\bwho are you\b", "voice_status"), openclaw=NODE
    ) as stage:
        await approve(stage)
        await call_in(stage, "Alice", "Bob")
        await stage.say("Alice", "Jarvis, who are you?")
        await stage.event(ReplyEnded)
        (call,) = json.loads(stage.gateway.runs[0].tool_results[0])["calls"]
        assert {person["name"] for person in call["people"]} == {"Alice", "Bob"}
        assert (call["channel"], call["agent"]) == ("Living room", "jarvis")


async def test_a_message_reaches_somebody_who_is_in_no_call(set_stage: SetStage) -> None:
    async with set_stage(openclaw=NODE) as stage:
        await approve(stage)
        await call_in(stage, "Alice")
        carol = stage.person("Carol")
        await stage.gateway.nodes.use_tool(
            "voice_notify",
            {"person": str(carol.id), "text": "The server crashed again.", "spoken": True},
            session_key="agent:main:main",
            call_id="call_1",
        )
        message = await stage.discord.wait_for_message(stage.discord.direct_channel(carol))
        assert message.content == "The server crashed again."
        (file,) = message.files
        assert file.content.startswith(b"OggS")


async def test_an_agent_moves_the_bot_into_the_room_and_out_again(set_stage: SetStage) -> None:
    async with set_stage(openclaw=NODE) as stage:
        await approve(stage)
        await stage.person("Alice").join(stage.other_room)

        async def use(tool: str) -> dict[str, Any]:
            answer: dict[str, Any] = json.loads(
                await stage.gateway.nodes.use_tool(
                    tool, {}, session_key="agent:main:main", call_id=tool
                )
            )
            return answer

        await eventually(lambda: stage.bot.guilds[0].voice_channels[1].voice_states)
        assert (await use("voice_join"))["channel"] == "Kitchen"
        await stage.discord.wait_for_call(stage.other_room)
        announced = await stage.discord.wait_for_message(stage.other_room)
        assert "is listening" in announced.content
        assert (await use("voice_leave"))["left"] is True
        await stage.discord.wait_for_no_call(stage.other_room)
