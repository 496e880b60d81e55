"""A supervised room on Discord: asked aloud and in its chat, answered by voice or by a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.people.prompts import RoomPrompts
from app.people.supervision import ACTIONS, ALLOW, RoomPermissions
from discord_bot.prompts import buttons
from fleet.supervision.gate import CannotAsk, Permission, WantedCommand
from fleet.supervision.policy import needs_yes
from openclaw_client.node.settings import COMMANDS
from simulators.discord import Message
from testing.calls import Calls, calls
from tests.discord_bot.commands.conftest import manage
from translations import verbatim

WANTED = WantedCommand("jarvis", "voice.say", (("text", "Dinner is ready."),))


@pytest.fixture
async def c() -> AsyncIterator[Calls]:
    async with calls(dave=False) as c:
        yield c
        assert c.sim.violations == []


@pytest.fixture
async def ask(c: Calls) -> AsyncIterator[RoomPermissions]:
    prompts = RoomPrompts(c.bot)
    yield RoomPermissions(c.bot, prompts)
    await prompts.close()


def questions(c: Calls) -> list[Message]:
    """Those that were written in the chat of the voice channel, which also has a notice."""
    return [each for each in c.sim.messages(c.room) if "wants" in each.content]


async def asked(c: Calls, ask: RoomPermissions) -> tuple[asyncio.Task[Permission], Message]:
    """An open question, and its message in the chat of the voice channel."""
    asking = asyncio.create_task(ask(c.guild.id, WANTED))
    await c.until(lambda: any(each.components for each in questions(c)))
    return asking, c.sim.messages(c.room)[-1]


async def test_it_is_spoken_and_written_with_who_wants_what(c: Calls, ask: RoomPermissions) -> None:
    room = await c.call_in()
    asking, message = await asked(c, ask)
    assert room.said[-1] == (
        "Jarvis wants to say something in this call. Say “yes, do it”, or “no”."
    )
    assert message.content == (
        "Jarvis wants to say something in this call.\n"
        "-# `voice.say` text: Dinner is ready.\n"
        "Say “yes, do it”, or click:"
    )
    clicked = await c.alice.click(message, "Allow")
    assert (await clicked.answered()).content == "Thank you."
    assert await asking == Permission(True, f"Alice ({c.alice.id})", "button")
    await c.until(lambda: c.sim.messages(c.room)[-1].edits)
    closed = c.sim.messages(c.room)[-1]
    assert closed.content.endswith("-# Alice has allowed it.")
    assert closed.components == []


@pytest.mark.parametrize(
    ("words", "allowed"), [("Yes, do it.", True), ("No, don't do it.", False), ("Yes.", True)]
)
async def test_a_person_answers_by_voice(
    c: Calls, ask: RoomPermissions, words: str, allowed: bool
) -> None:
    room = await c.call_in()
    asking, _ = await asked(c, ask)
    assert not room.hear_words(c.alice.id, "Yes, and then we went home.")
    assert room.hear_words(c.alice.id, words)
    assert await asking == Permission(allowed, f"Alice ({c.alice.id})", "voice")


async def test_a_bare_yes_among_several_people_may_be_for_another(
    c: Calls, ask: RoomPermissions
) -> None:
    room = await c.call_in()
    await c.ben.join(c.room)
    await c.until(lambda: len(room.names) == 2)
    asking, _ = await asked(c, ask)
    assert not room.hear_words(c.ben.id, "Yes.")
    assert room.hear_words(c.ben.id, "Go ahead.")
    assert (await asking).by == f"Ben ({c.ben.id})"


async def test_a_member_outside_cannot_answer(c: Calls, ask: RoomPermissions) -> None:
    room = await c.call_in()
    asking, message = await asked(c, ask)
    clicked = await c.ben.click(message, "Allow")
    assert (await clicked.answered()).content == "You cannot answer this question."
    assert not room.hear_words(c.ben.id, "Yes, do it.")
    asking.cancel()


async def test_a_question_that_is_withdrawn_says_that(c: Calls, ask: RoomPermissions) -> None:
    room = await c.call_in()
    asking, message = await asked(c, ask)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await c.until(lambda: c.sim.messages(c.room)[-1].edits)
    assert message.content.endswith("-# It was not answered in time.")
    assert not room.hear_words(c.alice.id, "Yes, do it.")


async def test_two_questions_are_asked_one_after_the_other(c: Calls, ask: RoomPermissions) -> None:
    room = await c.call_in()
    first, _ = await asked(c, ask)
    second = asyncio.create_task(ask(c.guild.id, WANTED))
    await asyncio.sleep(0)
    assert room.hear_words(c.alice.id, "No, don't.")
    assert (await first).allowed is False
    # The first is closed, and the second is open.
    await c.until(lambda: [bool(each.components) for each in questions(c)] == [False, True])
    await c.until(lambda: room.hear_words(c.alice.id, "Yes, do it."))
    assert (await second).allowed is True


async def test_without_a_call_no_person_can_be_asked(c: Calls, ask: RoomPermissions) -> None:
    with pytest.raises(CannotAsk, match="no call is running there"):
        await ask(c.guild.id, WANTED)


async def test_only_managers_switch_supervision(c: Calls) -> None:
    def chosen() -> str:
        return c.bot.store.settings.of(c.guild.id).supervision

    await c.call_in()
    await manage(c, may=False)
    refused = await c.run("settings set", setting="supervision", value="supervised")
    assert refused == "Only members with the permission to manage this server can do that."
    assert chosen() == "autonomous"
    await manage(c)
    told = await c.run("settings set", setting="supervision", value="supervised")
    assert told == "**Supervision**: now agents ask first, before agents act by themselves."
    assert chosen() == "supervised"


async def test_the_buttons_of_an_earlier_run_are_answered(c: Calls) -> None:
    await c.call_in()
    session = c.bot.sessions[c.guild.id]
    view = buttons("prompt", 32 * "0", (ALLOW,), "en")
    await session.ask(verbatim("Jarvis wants something."), view)
    clicked = await c.alice.click(c.sim.messages(c.room)[-1], "Allow")
    assert (await clicked.answered()).content == "This question is no longer open."


def test_every_command_that_needs_a_yes_has_a_text() -> None:
    assert {name for name in COMMANDS if needs_yes(name)} == set(ACTIONS)
