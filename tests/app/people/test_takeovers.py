"""A person takes over a conversation and gives it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.people.prompts import RoomPrompts
from app.people.supervision import RoomPermissions
from app.people.takeovers import Takeovers
from pipeline.addressee.classifier import Decision
from pipeline.bystanders import TAKEN_OVER
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.voice_commands import CommandKind, VoiceCommand
from pipeline.ports import AddresseeDoubt
from testing.calls import Calls, calls
from tests.app.people.test_supervision import WANTED


@pytest.fixture
async def c() -> AsyncIterator[Calls]:
    async with calls(dave=False) as c:
        yield c
        assert c.sim.violations == []


async def test_by_voice_and_back(c: Calls, tmp_path: Path) -> None:
    takeovers = Takeovers(c.bot, tmp_path)
    room = await c.call_in()
    await c.ben.join(c.room)
    await c.until(lambda: len(room.names) == 2)
    assert not room.hear_words(c.alice.id, "Let me do it."), "it may be said to Ben"
    assert room.hear_words(c.alice.id, "Let me do it.", addressed=True)
    assert takeovers.taken_by(c.guild.id) == "Alice"
    assert room.said[-1] == "All right. I keep silent until you give it back."
    assert room.hear_words(c.ben.id, "What is the price?", addressed=True)
    assert not room.hear_words(c.ben.id, "What is the price?"), "nothing else is said of it"
    assert room.hear_words(c.ben.id, "You can take over again.")
    assert takeovers.taken_by(c.guild.id) is None
    assert room.said[-1] == "I am listening again."
    assert not room.hear_words(c.ben.id, "What is the price?", addressed=True)
    taken = room.controls.takeover
    assert taken is not None
    assert (taken.person.name, taken.ended is not None) == ("Alice", True)


async def test_what_may_be_for_another_agent_is_taken_over_too(c: Calls, tmp_path: Path) -> None:
    Takeovers(c.bot, tmp_path)
    room = await c.call_in()
    assert room.hear_words(c.alice.id, "Let me do it.", addressed=True)
    words = ParsedUtterance(c.ben.id, "I fed her after that Sage I was up.", "en")
    to_sage = VoiceCommand(CommandKind.RELAY, True, "sage", words.text)
    called = Decision(True, 1.0, (), "sage", command=to_sage)
    unclear = replace(called, doubt=AddresseeDoubt("medium", unlikely=True, named=True))
    checked = room.controls.listeners.checked
    assert checked(words, unclear).reasons == (TAKEN_OVER,)
    assert checked(words, called) == called


async def test_by_the_command_and_back(c: Calls, tmp_path: Path) -> None:
    takeovers = Takeovers(c.bot, tmp_path)
    assert await c.run("takeover") == "I am in no voice channel: `/join` calls me."
    await c.call_in()
    await c.settle()
    c.posted()
    assert await c.run("takeover") == "You have taken over from Jarvis."
    await c.settle()
    assert c.posted() == [
        "Alice has taken over from Jarvis, who answers no one until it is given back."
    ]
    assert takeovers.taken_by(c.guild.id) == "Alice"
    assert await c.run("takeover") == "Jarvis answers again."
    await c.settle()
    assert c.posted() == ["Alice has given the conversation back to Jarvis."]


async def test_it_outlives_a_restart_and_ends_with_the_call(c: Calls, tmp_path: Path) -> None:
    takeovers = Takeovers(c.bot, tmp_path)
    room = await c.call_in()
    await c.run("takeover")
    again = Takeovers(c.bot, tmp_path)
    assert again.taken_by(c.guild.id) == "Alice"
    assert room.controls.takeover is not None
    await c.run("leave")
    assert takeovers.taken_by(c.guild.id) is None
    assert Takeovers(c.bot, tmp_path).taken_by(c.guild.id) is None


async def test_a_member_outside_cannot_take_over(c: Calls, tmp_path: Path) -> None:
    takeovers = Takeovers(c.bot, tmp_path)
    await c.call_in()
    asked = await c.ben.run("takeover", channel=c.text)
    told = (await asked.answered()).content
    assert "you cannot take over from the agent" in told
    assert takeovers.taken_by(c.guild.id) is None


async def test_the_bots_own_questions_come_first(c: Calls, tmp_path: Path) -> None:
    Takeovers(c.bot, tmp_path)
    prompts = RoomPrompts(c.bot)
    room = await c.call_in()
    await c.run("takeover")
    asking = asyncio.create_task(RoomPermissions(c.bot, prompts)(c.guild.id, WANTED))
    await c.until(lambda: any("wants to" in each for each in room.said))
    assert room.hear_words(c.alice.id, "Yes, do it.", addressed=True)
    assert (await asking).allowed
    await prompts.close()


async def test_a_move_does_not_end_it(c: Calls, tmp_path: Path) -> None:
    takeovers = Takeovers(c.bot, tmp_path)
    await c.call_in()
    await c.run("takeover")
    await c.alice.join(c.other)
    await c.run("join")
    await c.sim.wait_for_call(c.other)
    assert takeovers.taken_by(c.guild.id) == "Alice"
