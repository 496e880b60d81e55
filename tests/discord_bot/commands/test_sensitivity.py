"""/sensitivity, as the member who runs it sees it."""

from __future__ import annotations

from typing import get_args

import pytest

from discord_bot.rights import ServerRights
from pipeline.settings import Level
from simulators.discord import CannotRun
from testing.calls import Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("level", "explained"),
    [
        ("low", "I answer to my name, and to the one I just answered."),
        ("medium", "I answer to my name, and to questions and requests while we are talking."),
        ("high", "I answer to my name, and to any question put to the room."),
    ],
)
async def test_everybody_is_told_what_it_means(c: Calls, level: Level, explained: str) -> None:
    c.bot.choose_level(c.guild.id, "high" if level == "medium" else "medium")
    await c.call_in()
    await c.settle()
    answer = await c.ask("sensitivity", level=level)
    assert answer.content == f"Sensitivity is {level}. {explained}"
    assert not answer.ephemeral
    await c.settle()
    told = c.sim.messages(c.room)[-1].content
    assert told == f"Alice has set it: Sensitivity is {level}. {explained}"


async def test_what_holds_already_is_told_the_asker_alone(c: Calls) -> None:
    await c.call_in()
    await c.settle()
    before = len(c.sim.messages(c.room))
    answer = await c.ask("sensitivity", level="medium")
    assert answer.content.startswith("Sensitivity is medium already. I answer to my name")
    assert answer.ephemeral
    await c.settle()
    assert len(c.sim.messages(c.room)) == before


async def test_from_outside_the_call_it_is_not_chosen(c: Calls) -> None:
    room = await c.call_in()
    refused = await c.sim.run_command(c.ben, "sensitivity", {"level": "high"}, channel=c.text)
    answer = await refused.answered()
    assert answer.ephemeral
    assert "you cannot choose the sensitivity" in answer.content
    assert room.sensitivity == "medium"


async def test_it_holds_at_once_in_the_call_that_is_going_on(c: Calls) -> None:
    room = await c.call_in()
    assert room.sensitivity == "medium"
    await c.run("sensitivity", level="high")
    assert room.sensitivity == "high"


async def test_it_outlives_the_call(c: Calls) -> None:
    await c.call_in()
    await c.run("sensitivity", level="low")
    await c.run("leave")
    await c.run("join")
    assert c.rooms[-1].sensitivity == "low"


async def test_it_is_set_before_the_first_call_too(c: Calls) -> None:
    c.bot.rights = lambda _: ServerRights(manager_users=frozenset({c.alice.id}))
    await c.run("sensitivity", level="high")
    assert (await c.call_in()).sensitivity == "high"


async def test_discord_offers_the_levels_and_no_other(c: Calls) -> None:
    (command,) = (each for each in c.sim.commands() if each["name"] == "sensitivity")
    (option,) = command["options"]
    assert option["required"]
    assert [choice["value"] for choice in option["choices"]] == list(get_args(Level))
    with pytest.raises(CannotRun):
        await c.run("sensitivity", level="utmost")
