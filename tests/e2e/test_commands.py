"""Commands in a real call: what is said over them is spoken, heard and written down."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from discord_bot.call import call_transcripts
from pipeline.events import ReplyBegan, ReplyEnded, SentenceBegan, TurnDecided
from simulators.discord import Thread
from testing.harness import ConversationHarness
from tests.e2e.conftest import HeardSpeech, OpenHarness
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def ran(harness: ConversationHarness, name: str, command: str, **options: Any) -> str:
    person = harness.person(name)
    asked = await person.run(command, options, channel=harness.text)
    return (await asked.answered(10.0)).content


async def test_what_a_member_writes_is_said_and_stopped(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        told = await ran(harness, "Bob", "say", text="It is sunny in Paris, sir.")
        assert told == "Bob has me say: “It is sunny in Paris, sir.”"
        await harness.event(ReplyEnded)
        await heard_speech.hears(harness, "Alice", "It is sunny in Paris, sir.")
        since = len(harness.events)
        await ran(harness, "Bob", "say", text="Here is the news, sir. " * 15)
        await harness.event(ReplyBegan, since=since)
        assert await ran(harness, "Alice", "stop") == "I have stopped."
        ended = await harness.event(ReplyEnded, since=since)
        assert ended.interrupted
        assert await ran(harness, "Alice", "stop") == "I was saying nothing."


async def test_a_message_is_answered_in_writing_and_aloud(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        written = await harness.person("Bob").write(harness.text, "What is for dinner?")
        asked = await harness.person("Alice").run_on(written, "Ask the agent about this")
        answer = await asked.answered(10.0)
        assert answer.content.startswith("**Jarvis**: ")
        spoken = await harness.event(SentenceBegan)
        assert spoken.text in answer.content
        (run,) = harness.gateway.runs
        assert "What is for dinner?" in run.message


async def test_an_agent_is_heard_before_it_is_in_a_call(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        asked = await harness.person("Alice").run("voice", channel=harness.text)
        answer = await asked.answered(10.0)
        assert answer.content == "Jarvis speaks with the voice `jarvis`."
        assert answer.files[0].content.startswith(b"OggS")


async def test_a_call_is_written_down_as_it_was_heard(
    open_harness: OpenHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_transcripts, "POST_EVERY_S", 0.2)
    async with open_harness() as harness:
        await call_in(harness, "Alice")
        guild_id = harness.text.guild.id
        await harness.services.guilds.settings.set(guild_id, "transcripts", True)
        async with asyncio.timeout(10):
            consent = harness.bot.sessions[guild_id].consent
            while not consent.told_of_transcript:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.02)
        await harness.say("Alice", "Jarvis, what time is it?")
        await harness.event(TurnDecided)
        await harness.event(ReplyEnded)
        async with asyncio.timeout(10):
            while harness.bot.transcripts.place_of(guild_id) is None:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.02)
            (thread,) = (
                each for each in harness.text.guild.threads.values() if isinstance(each, Thread)
            )
            while len(lines := _lines(harness, thread)) < 2:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
        assert lines == [
            "**Alice**: Jarvis, what time is it?",
            "**Jarvis**: It is half past seven, sir.",
        ]


def _lines(harness: ConversationHarness, thread: Thread) -> list[str]:
    texts = [each.content for each in harness.discord.messages(thread)]
    return [line.partition("> ")[2] for text in texts for line in text.splitlines()]
