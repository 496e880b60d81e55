"""What makes the bot deaf or mute is told in the room within 5 s, and its end too."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import discord
import pytest

from discord_bot.call.own_voice import CONFIRM_S, ObstacleWatch, OwnVoiceState, obstacles
from testing.calls import Calls, calls
from tests.discord_bot.commands.conftest import permit

README = Path(__file__).parents[3] / "README.md"
WELL = OwnVoiceState()
DEAF, MUTE = OwnVoiceState(deaf=True), OwnVoiceState(mute=True)
INSIDE = frozenset({"view_channel", "connect", "speak", "use_voice_activation"})
"""What is missing without View Channel, as discord.py counts it."""


# -- pure --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "deafens", "silences", "words"),
    [
        (WELL, False, False, ""),
        (DEAF, True, False, "deafened in this server"),
        (MUTE, False, True, "muted in this server"),
        (OwnVoiceState(self_deaf=True), True, False, "deafened by myself"),
        (OwnVoiceState(self_mute=True), False, True, "muted by myself"),
        (OwnVoiceState(stage=True, suppressed=True), False, True, "audience of this stage"),
        (OwnVoiceState(afk=True, suppressed=True), False, True, "AFK channel"),
        (OwnVoiceState(suppressed=True), False, True, "permission Speak"),
        (OwnVoiceState(missing=frozenset({"speak"})), False, True, "permission Speak"),
        (OwnVoiceState(missing=frozenset({"connect"})), False, False, "permission Connect"),
        (OwnVoiceState(missing=INSIDE - {"view_channel"}), False, False, "permission Connect"),
        (OwnVoiceState(missing=INSIDE), False, False, "permission View Channel"),
        (OwnVoiceState(missing=INSIDE, suppressed=True), False, True, "You cannot hear me either"),
        (
            OwnVoiceState(missing=frozenset({"use_voice_activation"})),
            False,
            False,
            "Use Voice Activity",
        ),
    ],
)
def test_each_obstacle_says_what_it_does_and_what_ends_it(
    state: OwnVoiceState, deafens: bool, silences: bool, words: str
) -> None:
    found = obstacles(state)
    assert any(each.deafens for each in found) == deafens
    assert any(each.silences for each in found) == silences
    assert words in " ".join(str(each.text) for each in found)
    assert all(str(each.remedy) and str(each.healed) for each in found)


def test_on_a_stage_it_says_that_it_has_asked() -> None:
    audience = OwnVoiceState(stage=True, suppressed=True)
    (asked,) = obstacles(replace(audience, asked_to_speak=True))
    assert str(asked.remedy).startswith("I have asked to speak. ")
    (silent,) = obstacles(audience)
    assert "I have asked" not in str(silent.remedy)


def test_a_short_mute_is_not_told() -> None:
    watch = ObstacleWatch()
    assert watch.decide(obstacles(MUTE), 10.0) is None
    assert watch.decide((), 10.0 + CONFIRM_S / 2) is None
    assert watch.decide((), 20.0) is None


def test_each_obstacle_and_its_end_are_told_once() -> None:
    watch = ObstacleWatch()
    watch.decide(obstacles(DEAF), 10.0)
    told = watch.decide(obstacles(DEAF), 10.0 + CONFIRM_S)
    assert told is not None
    assert str(told).startswith("I am deafened in this server, so I hear nothing. Members who may")
    assert watch.decide(obstacles(DEAF), 30.0) is None
    watch.decide((), 40.0)
    assert str(watch.decide((), 40.0 + CONFIRM_S)) == "I can hear you again."
    assert watch.decide((), 60.0) is None


def test_what_is_only_half_over_is_not_called_over() -> None:
    watch = ObstacleWatch()
    both = OwnVoiceState(mute=True, missing=frozenset({"speak"}))
    watch.decide(obstacles(both), 10.0)
    assert watch.decide(obstacles(both), 12.0)
    without = replace(both, mute=False)
    watch.decide(obstacles(without), 20.0)
    assert watch.decide(obstacles(without), 22.0) is None, "it still may not speak"


def test_a_notice_that_failed_is_repeated_later() -> None:
    watch = ObstacleWatch()
    watch.decide(obstacles(DEAF), 10.0)
    assert watch.decide(obstacles(DEAF), 12.0)
    watch.notice_failed(obstacles(DEAF), 12.0)
    assert watch.decide(obstacles(DEAF), 13.0) is None
    assert watch.decide(obstacles(DEAF), 20.0)


# -- in a call ---------------------------------------------------------------------------------


async def told_in_the_room(c: Calls, words: str) -> None:
    """In the voice channel's own chat and in the text channel."""
    for place in (c.room, c.text):
        await c.sim.wait_for_message(place, lambda m: words in m.content, 10.0)


async def test_a_deafened_bot_says_so_and_that_it_is_over() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        c.sim.deafen(c.guild)
        await told_in_the_room(c, "I am deafened in this server")
        assert "**I am deafened in this server, so I hear nothing." in await c.run("status")
        assert "I have heard nothing from you yet: I am deafened" in await c.run("why")
        assert await c.hears(c.alice) == 0
        c.sim.deafen(c.guild, False)
        await told_in_the_room(c, "I can hear you again.")
        assert await c.hears(c.alice) >= 360
        assert len(c.rooms) == 1, "it does not rejoin for that"


async def test_a_muted_bot_says_so_and_stays_muted_when_it_is_moved() -> None:
    async with calls(dave=False) as c:
        await c.ben.join(c.other)
        await c.call_in()
        c.sim.mute(c.guild)
        await told_in_the_room(c, "I am muted in this server")
        c.sim.drag(c.other)
        await c.sim.wait_for_call(c.other)
        await asyncio.sleep(0.3)
        assert "I am muted in this server" in (await status_of(c))


async def status_of(c: Calls) -> str:
    asked = await c.sim.run_command(c.ben, "status", {}, channel=c.text)
    return (await asked.answered()).content


async def test_a_lost_permission_to_speak_is_told_with_who_can_give_it() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await permit(c, c.room, speak=True)
        await told_in_the_room(c, "I lack the permission Speak here")
        assert "roles can give it to me" in await c.run("status")
        await permit(c, c.room)
        await told_in_the_room(c, "You can hear me again.")


@pytest.mark.parametrize("dragged", [False, True])
async def test_on_a_stage_it_asks_to_speak_and_tells_who_can_let_it(dragged: bool) -> None:
    async with calls(dave=False) as c:
        stage = c.guild.add_stage_channel("Stage")
        await c.until(lambda: c.bot.get_channel(stage.id))
        await c.alice.join(stage)
        if dragged:
            await c.run("join", channel=c.room)
            await c.sim.wait_for_call(c.room)
            c.sim.drag(stage)
        else:
            await c.run("join", channel=stage)
        await c.sim.wait_for_call(stage)
        await c.sim.wait_for_message(
            stage,
            lambda m: "I have asked to speak. A stage moderator can let me" in m.content,
            10.0,
        )
        assert c.guild.voice_states[c.sim.bot.id].requested_to_speak_at is not None
        c.sim.let_speak(c.guild)
        await c.sim.wait_for_message(stage, lambda m: "You can hear me again." in m.content, 10)
        assert c.sim.violations == []


async def test_as_a_moderator_of_the_stage_it_steps_on_it_itself() -> None:
    async with calls(dave=False) as c:
        stage = c.guild.add_stage_channel("Stage")
        c.guild.grant(c.guild.bot, mute_members=True)
        await c.until(lambda: c.bot.guilds[0].me.guild_permissions.mute_members)
        await c.until(lambda: c.bot.get_channel(stage.id))
        await c.alice.join(stage)
        await c.run("join", channel=stage)
        await c.until(lambda: not c.guild.voice_states[c.sim.bot.id].suppress)


async def test_a_mute_of_its_own_is_undone() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        guild = c.bot.guilds[0]
        await guild.change_voice_state(channel=guild.voice_channels[0], self_mute=True)
        await c.until(lambda: c.guild.voice_states[c.sim.bot.id].self_mute)
        await c.until(lambda: not c.guild.voice_states[c.sim.bot.id].self_mute)
        assert await c.hears(c.alice) >= 360


def test_the_simulated_invite_is_the_real_one() -> None:
    from discord_bot.account import INVITE_PERMISSIONS
    from simulators.discord.world import BOT_PERMISSIONS

    assert BOT_PERMISSIONS == INVITE_PERMISSIONS
    text = " ".join(README.read_text(encoding="utf-8").split())
    needed = re.search(r"the permissions (.+?)\. `make doctor`", text)
    assert needed is not None
    named = re.sub(r" \(.*?\)", "", needed[1]).replace(" and ", ", ").split(", ")
    wanted = {"View Channels": "read_messages"}  # discord.py's first name of it
    names = {wanted.get(each, each.lower().replace(" ", "_")) for each in named}
    assert names == {name for name, has in INVITE_PERMISSIONS if has}
    assert not BOT_PERMISSIONS & discord.Permissions(mute_members=True, move_members=True)
