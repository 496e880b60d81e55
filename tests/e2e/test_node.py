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
from testing.harness import ConversationHarness
from testing.manual_clock import eventually
from tests.e2e.conftest import HeardSpeech, OpenHarness
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

PROMISE = "I will remind you to call your mother."
NODE = {"node": {"enabled": True}}


def jarvis_with(pattern: str, tool: str, **arguments: Any) -> list[ScriptedAgent]:
    """Jarvis, who uses a tool when he hears certain words, and then says "Very well, sir."."""
    rule = Rule(pattern, "Very well, sir.", tool=(tool, arguments))
    return [replace(jarvis(), rules=(rule, *jarvis().rules))]


async def approve(harness: ConversationHarness) -> None:
    """The owner lets the bot's commands be used; until agents have the tools."""
    nodes = harness.gateway.nodes
    await harness.gateway.wait_for(lambda: any(node.published for node in nodes.all.values()))
    (node,) = nodes.all.values()
    assert node.pending is not None
    harness.gateway.approve_node(node.pending)
    assert node.tools


def said(words: str) -> Callable[[ReplyEnded], bool]:
    return lambda ended: ended.text == words


async def test_an_agent_has_something_said_that_everybody_hears(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    agents = jarvis_with(r"\bcall my mother\b", "voice_say", text=PROMISE, agent="sage")
    async with open_harness(agents=agents, openclaw=NODE) as harness:
        await approve(harness)
        await call_in(harness, "Alice", "Bob")
        await harness.say("Alice", "Jarvis, remind me to call my mother.")
        ended = await harness.event(ReplyEnded, where=said(PROMISE))
        assert (ended.agent, ended.heard) == ("sage", PROMISE)
        for name in ("Alice", "Bob"):
            await heard_speech.hears(harness, name, "Very well, sir.", PROMISE)
        (run,) = harness.gateway.runs
        (result,) = run.tool_results
        assert json.loads(result)["outcome"] == "queued"


async def test_an_agent_knows_who_is_in_the_call(open_harness: OpenHarness) -> None:
    async with open_harness(
        agents=jarvis_with(r"\bwho are you\b", "voice_status"), openclaw=NODE
    ) as harness:
        await approve(harness)
        await call_in(harness, "Alice", "Bob")
        await harness.say("Alice", "Jarvis, who are you?")
        await harness.event(ReplyEnded)
        (call,) = json.loads(harness.gateway.runs[0].tool_results[0])["calls"]
        assert {person["name"] for person in call["people"]} == {"Alice", "Bob"}
        assert (call["channel"], call["agent"]) == ("Living room", "jarvis")


async def test_a_message_reaches_somebody_who_is_in_no_call(open_harness: OpenHarness) -> None:
    async with open_harness(openclaw=NODE) as harness:
        await approve(harness)
        await call_in(harness, "Alice")
        carol = harness.person("Carol")
        await harness.gateway.nodes.use_tool(
            "voice_notify",
            {"person": str(carol.id), "text": "The server crashed again.", "spoken": True},
            session_key="agent:main:main",
            call_id="call_1",
        )
        message = await harness.discord.wait_for_message(harness.discord.direct_channel(carol))
        assert message.content == "The server crashed again."
        (file,) = message.files
        assert file.content.startswith(b"OggS")


async def test_an_agent_moves_the_bot_into_the_room_and_out_again(
    open_harness: OpenHarness,
) -> None:
    async with open_harness(openclaw=NODE) as harness:
        await approve(harness)
        await harness.person("Alice").join(harness.other_room)

        async def use(tool: str) -> dict[str, Any]:
            answer: dict[str, Any] = json.loads(
                await harness.gateway.nodes.use_tool(
                    tool, {}, session_key="agent:main:main", call_id=tool
                )
            )
            return answer

        await eventually(lambda: harness.bot.guilds[0].voice_channels[1].voice_states)
        assert (await use("voice_join"))["channel"] == "Kitchen"
        await harness.discord.wait_for_call(harness.other_room)
        announced = await harness.discord.wait_for_message(harness.other_room)
        assert "is listening" in announced.content
        assert (await use("voice_leave"))["left"] is True
        await harness.discord.wait_for_no_call(harness.other_room)
