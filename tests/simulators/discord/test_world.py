from __future__ import annotations

from typing import Any

import discord
import pytest

from simulators.discord import UnknownPlace
from simulators.discord.accounts import Member, User
from simulators.discord.world import EVERYONE, SimulatedGuild, VoiceState, World

EVENTS: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture
def world() -> World:
    EVENTS.clear()
    return World(lambda event, data, guild_id: EVENTS.append((event, data)), dave=True)


@pytest.fixture
def guild(world: World) -> SimulatedGuild:
    return world.add_guild("A server", discord.Permissions(mute_members=True))


def test_places_are_found_or_named(world: World, guild: SimulatedGuild) -> None:
    room = guild.add_voice_channel("room")
    assert world.guild(guild.id) is guild
    assert world.channel(room.id) is room
    with pytest.raises(UnknownPlace, match="no guild 5"):
        world.guild(5)
    with pytest.raises(UnknownPlace, match="no channel 5"):
        world.channel(5)


def test_encryption_follows_the_world_unless_said_otherwise(guild: SimulatedGuild) -> None:
    assert guild.add_voice_channel("room").dave
    assert not guild.add_voice_channel("open", dave=False).dave
    assert not guild.add_stage_channel("stage").dave


def test_channels_are_told_of(guild: SimulatedGuild) -> None:
    hall = guild.add_text_channel("hall")
    room = guild.add_voice_channel("room")
    assert [(event, data["name"], data["position"]) for event, data in EVENTS] == [
        ("CHANNEL_CREATE", "hall", 0),
        ("CHANNEL_CREATE", "room", 1),
    ]
    assert (hall.payload()["type"], room.payload()["type"]) == (0, 2)


def test_what_is_forbidden_in_a_channel_binds_the_bot_alone(guild: SimulatedGuild) -> None:
    room = guild.add_voice_channel("room")
    ann = Member(User("Ann"), EVERYONE)
    room.forbid(connect=True)
    event, data = EVENTS[-1]
    assert (event, data["permission_overwrites"][0]["deny"]) == ("CHANNEL_UPDATE", str(1 << 20))
    assert not guild.permissions(guild.bot, room).connect
    assert guild.permissions(guild.bot).connect
    assert guild.permissions(ann, room).connect


def test_an_administrator_may_do_everything(guild: SimulatedGuild) -> None:
    boss = Member(User("Boss"), discord.Permissions(administrator=True))
    assert guild.permissions(boss).manage_guild


def test_a_guild_shows_who_is_in_voice(guild: SimulatedGuild) -> None:
    room = guild.add_voice_channel("room")
    ann, ben = (Member(User(name), EVERYONE) for name in ("Ann", "Ben"))
    for member in (ann, ben):
        guild.members[member.user.id] = member
    guild.voice_states[ann.user.id] = VoiceState(ann, room, "session", self_mute=True)
    shown = guild.payload(all_members=False, voice=True)
    assert [m["user"]["global_name"] for m in shown["members"]] == ["OpenClaw", "Ann"]
    (state,) = shown["voice_states"]
    assert (state["channel_id"], state["self_mute"]) == (str(room.id), True)
    assert "guild_id" not in state
    assert len(guild.payload(all_members=True, voice=False)["members"]) == 3


def test_names_become_user_names() -> None:
    assert User("Mary Ann").payload()["username"] == "mary_ann"


def test_a_hidden_channel_is_seen_by_the_bot_and_those_named(guild: SimulatedGuild) -> None:
    room = guild.add_voice_channel("room")
    ann, ben = (Member(User(name), EVERYONE) for name in ("Ann", "Ben"))
    room.hide(ann)
    seen = [guild.permissions(each, room).view_channel for each in (ann, ben, guild.bot)]
    assert seen == [True, False, True]
    room.forbid(connect=True)
    assert not guild.permissions(guild.bot, room).connect
    (bots,) = [
        each
        for each in room.payload()["permission_overwrites"]
        if each["id"] == str(guild.bot.user.id)
    ]
    assert (int(bots["allow"]), int(bots["deny"])) == (1 << 10, 1 << 20)
