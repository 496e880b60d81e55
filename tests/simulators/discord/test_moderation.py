"""What moderators change while the bot is there."""

from __future__ import annotations

import discord

from simulators.discord import (
    DiscordSimulator,
    Moderation,
    SimulatedGuild,
    SimulatedPerson,
    VoiceChannel,
)
from testing.waiting import eventually
from tests.simulators.discord.panel import panel_bot
from tests.simulators.discord.raw import RawBot, RawVoice


async def test_discord_py_follows_roles_and_overwrites(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel
) -> None:
    ann, moderation = sim.add_person(guild, "Ann"), Moderation(guild)
    async with panel_bot(sim) as bot:
        role = moderation.add_role("Keepers", manage_threads=True)
        (server,) = bot.guilds
        await eventually(lambda: server.get_role(role.id) is not None)
        moderation.give(guild.bot, role)
        await eventually(lambda: server.me.guild_permissions.manage_threads)
        place = server.get_channel(room.id)
        assert isinstance(place, discord.VoiceChannel)
        room.overwrite(role, connect=False)
        await eventually(lambda: not place.permissions_for(server.me).connect)
        assert not guild.permissions(guild.bot, room).connect
        room.overwrite(guild.bot, connect=True)
        await eventually(lambda: place.permissions_for(server.me).connect)
        assert guild.permissions(guild.bot, room).connect
        moderation.change_role(role, manage_threads=False)
        await eventually(lambda: not server.me.guild_permissions.manage_threads)
        moderation.give(ann.member, role)
        moderation.remove_role(role)
        await eventually(lambda: server.get_role(role.id) is None)
        assert ann.member.roles == []
        moderation.rename(guild.bot, "Jarvis")
        await eventually(lambda: server.me.display_name == "Jarvis")
    assert sim.violations == []


async def test_members_leave_and_come_back(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    ann = sim.add_person(guild, "Ann")
    await ann.join(room)
    wire = await bot.login()
    await ann.leave_guild()
    left = await wire.until_event("VOICE_STATE_UPDATE")
    assert (left["user_id"], left["channel_id"]) == (str(ann.id), None)
    assert ann.id not in guild.members
    await ann.return_to_guild()
    assert guild.members[ann.id] is ann.member


async def test_the_bot_is_suppressed_where_it_loses_speak_during_a_call(
    guild: SimulatedGuild, room: VoiceChannel, voice: RawVoice, ann: SimulatedPerson
) -> None:
    state = guild.voice_states[guild.bot.user.id]
    seen = [state.suppress]
    room.overwrite(guild, speak=False)
    seen.append(state.suppress)
    room.overwrite(guild.bot, speak=True)
    seen.append(state.suppress)
    Moderation(guild).change_everyone(speak=False)
    seen.append(state.suppress)
    assert seen == [False, True, False, False], "the channel allows it to the bot"


async def test_another_region_is_another_voice_server(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, voice: RawVoice, bot: RawBot
) -> None:
    sim.change_region(room, "rotterdam")
    assert room.payload()["rtc_region"] == "rotterdam"
    assert await voice.wire.close_code() == 4014
