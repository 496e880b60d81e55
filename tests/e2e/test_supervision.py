"""People between an agent and the call: a yes before it acts, and a conversation taken over."""

from __future__ import annotations

import json

import pytest

from pipeline.bystanders import TAKEN_OVER
from pipeline.events import ReplyEnded, TurnDecided
from testing.waiting import eventually
from tests.e2e.conftest import HeardSpeech, OpenHarness
from tests.e2e.test_conversation import call_in
from tests.e2e.test_node import NODE, PROMISE, approve, jarvis_with, said

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

REQUEST = "Jarvis, remind me to call my mother."
QUESTION = "Jarvis, who are you?"


async def test_an_agent_acts_after_a_yes_and_is_silent_while_a_person_speaks_for_it(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    agents = jarvis_with(r"\bcall my mother\b", "voice_say", text=PROMISE)
    async with open_harness(agents=agents, openclaw=NODE) as harness:
        await approve(harness)
        guild_id = harness.text.guild.id
        kept = harness.bot.store.settings.set(guild_id, "supervision", "supervised", by=1)
        await call_in(harness, "Alice", "Bob")
        alice, chat = harness.person("Alice"), harness.room

        # What it wants to say waits for a yes, and the reply that waits for it goes on.
        await harness.say("Alice", REQUEST)
        await eventually(lambda: "wants to" in harness.discord.messages(chat)[-1].content, 20.0)
        (run,) = harness.gateway.runs
        assert run.tool_results == []
        await alice.click(harness.discord.messages(chat)[-1], "Allow")
        await harness.event(ReplyEnded, where=said(PROMISE))
        await heard_speech.hears(harness, "Bob", "Very well, sir.", PROMISE)
        sentences = heard_speech.heard(harness, "Bob")
        assert len(sentences) > 2, "the question was heard too, before them"
        assert json.loads(run.tool_results[0])["outcome"] == "queued"

        # Alice takes over: Jarvis answers no one, and what she says goes along later.
        await harness.run("Alice", "takeover")
        seen = len(harness.events)
        await harness.say("Bob", QUESTION)
        left = await harness.event(TurnDecided, since=seen)
        assert (left.addressed, left.reasons) == (False, (TAKEN_OVER,))
        await harness.say("Alice", REQUEST)
        await harness.event(TurnDecided, since=seen, where=lambda each: "mother" in each.text)
        assert harness.questions == 1
        await harness.run("Alice", "takeover")
        await harness.say("Bob", QUESTION)
        runs = harness.gateway.runs
        await harness.gateway.wait_for(
            lambda: any("call my mother" in run.message for run in runs), 20.0
        )
        await kept
