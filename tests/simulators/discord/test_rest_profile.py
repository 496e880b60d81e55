"""The bot's nickname, the status of a voice channel, and stages."""

from __future__ import annotations

import discord
import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, TextChannel, VoiceChannel
from testing.waiting import eventually
from tests.simulators.discord.panel import panel_bot
from tests.simulators.discord.raw import RawBot, RawVoice
from tests.simulators.discord.rest_client import Rest


async def test_the_bot_renames_itself_where_it_may(
    sim: DiscordSimulator, guild: SimulatedGuild, text: TextChannel
) -> None:
    async with panel_bot(sim) as bot:
        me = bot.guilds[0].me
        await me.edit(nick="Jarvis 🎙")
        await eventually(lambda: bot.guilds[0].me.display_name == "Jarvis 🎙")
        assert bot.told == ["member Jarvis 🎙"], "its own changes need no intent"
        await me.edit(nick=None)
        assert guild.bot.nick is None
        guild.everyone = discord.Permissions.none()
        guild.bot.permissions = discord.Permissions.none()
        with pytest.raises(discord.Forbidden):
            await me.edit(nick="Sage")


async def test_a_nickname_has_at_most_32_characters(guild: SimulatedGuild, rest: Rest) -> None:
    path = f"/guilds/{guild.id}/members/@me"
    assert (await rest("PATCH", path, json={"nick": "x" * 33}))[1]["code"] == 50035


async def test_the_status_of_a_call_is_set_by_who_is_in_it(
    guild: SimulatedGuild, room: VoiceChannel, bot: RawBot, voice: RawVoice, rest: Rest
) -> None:
    path = f"/channels/{room.id}/voice-status"
    assert await rest("PUT", path, json={"status": "Listening"}) == (204, None)
    statuses = [room.status]
    assert await rest("PUT", path, json={"status": None}) == (204, None)
    statuses.append(room.status)
    assert statuses == ["Listening", None]
    assert (await rest("PUT", path, json={"status": "x" * 501}))[1]["code"] == 50035
    room.overwrite(guild, set_voice_channel_status=False)
    assert (await rest("PUT", path, json={"status": "Listening"}))[1]["code"] == 50013


async def test_from_outside_the_status_needs_manage_channels(
    guild: SimulatedGuild, text: TextChannel, room: VoiceChannel, bot: RawBot, rest: Rest
) -> None:
    wire = await bot.login()
    path = f"/channels/{room.id}/voice-status"
    assert (await rest("PUT", path, json={"status": "Soon"}))[1]["code"] == 50013
    room.overwrite(guild.bot, manage_channels=True)
    assert (await rest("PUT", path, json={"status": "Soon"}))[0] == 204
    event = await wire.until_event("VOICE_CHANNEL_STATUS_UPDATE")
    assert event == {"id": str(room.id), "guild_id": str(guild.id), "status": "Soon"}
    wrong = f"/channels/{text.id}/voice-status"
    assert (await rest("PUT", wrong, json={"status": "Soon"}))[1]["code"] == 50024


async def test_a_stage_is_opened_changed_and_closed_by_its_moderator(
    sim: DiscordSimulator, guild: SimulatedGuild
) -> None:
    stage = guild.add_stage_channel("stage")
    async with panel_bot(sim) as bot:
        channel = bot.get_channel(stage.id)
        assert isinstance(channel, discord.StageChannel)
        stage.overwrite(guild.bot, manage_channels=True, mute_members=True, move_members=True)
        instance = await channel.create_instance(topic="Questions")
        await eventually(lambda: bot.told == ["stage Questions"])
        await instance.edit(topic="Answers")
        assert guild.stages[stage.id].topic == "Answers"
        assert (await channel.fetch_instance()).topic == "Answers"
        with pytest.raises(discord.HTTPException) as refused:
            await channel.create_instance(topic="Twice")
        assert refused.value.code == 150006
        sim.violations.clear()
        await instance.delete()
        assert guild.stages == {}
        stage.overwrite(guild.bot, manage_channels=False)
        with pytest.raises(discord.Forbidden):
            await channel.create_instance(topic="Questions")
