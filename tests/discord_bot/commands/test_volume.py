"""/volume, as the members see it."""

from __future__ import annotations

import pytest

from discord_bot.commands.volume import LOUDEST, QUIETEST
from discord_bot.rights import ServerRights
from discord_bot.setting_texts import decibels_of, percent_of
from testing.calls import Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_it_holds_in_the_running_call_and_is_told(c: Calls) -> None:
    room = await c.call_in()
    await c.settle()
    answer = await c.ask("volume", percent=50)
    assert (answer.content, answer.ephemeral) == ("My volume is 50 % now.", False)
    assert room.controls.choices.volume_db == -6.0
    await c.settle()
    assert c.sim.messages(c.room)[-1].content == "Alice has set it: My volume is 50 % now."
    shown = await c.ask("volume")
    assert (shown.content, shown.ephemeral) == ("My volume is 50 %.", True)
    again = await c.ask("volume", percent=50)
    assert (again.content, again.ephemeral) == ("My volume is 50 % already.", True)


async def test_it_holds_in_the_next_call(c: Calls) -> None:
    c.bot.rights = lambda _: ServerRights(manager_users=frozenset({c.alice.id}))
    await c.ask("volume", percent=200)
    room = await c.call_in()
    assert room.controls.choices.volume_db == 6.0


async def test_without_a_call_only_managers_choose_it(c: Calls) -> None:
    answer = await c.ask("volume", percent=200)
    assert answer.ephemeral
    assert "You cannot choose the volume while I am in no call" in answer.content
    assert c.bot.store.settings.of(c.guild.id).volume_db == 0


@pytest.mark.parametrize("percent", [QUIETEST, 25, 80, 100, 150, LOUDEST])
async def test_every_percentage_is_a_value_of_the_setting_and_reads_back(percent: int) -> None:
    assert -24 <= decibels_of(percent) <= 8
    assert abs(percent_of(decibels_of(percent)) - percent) <= percent * 0.01 + 0.5
