"""Consent through the whole bot: what a member who is left out says reaches no agent."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import ReplyEnded, SpeechBegan, TurnDecided
from tests.e2e.conftest import OpenHarness
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_question_during_which_its_speaker_is_left_out_reaches_no_agent(
    open_harness: OpenHarness,
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        asking = asyncio.create_task(harness.say("Alice", "Jarvis, what time is it?"))
        await harness.event(SpeechBegan)
        answer = await harness.run("Alice", "ignore")
        assert "I do not hear you in this server from now on" in answer.responses[0].content
        await asking
        await harness.say("Bob", "Jarvis, what time is it?")
        await harness.event(ReplyEnded)
        # On a busy machine his packets are late, and his question may become two turns.
        decided = [event for event in harness.events if isinstance(event, TurnDecided)]
        assert {event.speaker.name for event in decided} == {"Bob"}
        asked = [run.heard.speaker.name for run in harness.gateway.runs if run.heard.speaker]
        assert set(asked) == {"Bob"}
        session = harness.bot.sessions[harness.text.guild.id]
        alice = harness.person("Alice").id
        assert all(line.speaker.id != alice for line in session.room.transcript)


async def test_the_notice_is_heard_in_the_call(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await harness.bot.store.settings.set(harness.text.guild.id, "notice_spoken", True)
        await call_in(harness, "Alice")
        ended = await harness.event(ReplyEnded)
        assert ended.heard == "Jarvis is listening now. The chat of this channel says more."
        assert harness.person("Alice").hearing.first_sound_at() is not None
