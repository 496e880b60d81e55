"""How the bot gets into calls and out of them, seen from the main gateway."""

from __future__ import annotations

import discord
import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, TextChannel, VoiceChannel
from tests.simulators.discord.raw import RawBot


async def test_joining_and_leaving_show_in_the_guild(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room, self_deaf=True)
    assert sim.bot_channel(guild) is room
    assert guild.voice_states[sim.bot.id].self_deaf
    await bot.ask_for(guild, None)
    assert (await bot.own_state())["channel_id"] is None
    assert sim.bot_channel(guild) is None
    await voice.wire.ws.close()
    assert sim.violations == []


async def test_flags_change_without_a_new_session(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    await bot.ask_for(guild, room, self_deaf=True)
    assert (await bot.own_state())["self_deaf"] is True
    await voice.heartbeat()
    assert sim.bot_channel(guild) is room


async def test_a_move_keeps_the_session_id_and_ends_the_old_call(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    hall = guild.add_voice_channel("hall")
    await bot.login()
    voice = await bot.call(room)
    sim.drag(hall)
    state = await bot.own_state()
    assert (state["channel_id"], state["session_id"]) == (str(hall.id), voice.session_id)
    assert await voice.wire.close_code() == 4014
    assert (await bot.gateway.until_event("VOICE_SERVER_UPDATE"))["endpoint"]


async def test_a_kick_is_told_and_closes(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.kick(guild)
    assert (await bot.own_state())["channel_id"] is None
    assert await voice.wire.close_code() == 4014
    await sim.wait_for_no_call(room)


async def test_a_failing_voice_server_hangs_up_and_another_takes_over(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.change_voice_server(guild)
    assert await voice.wire.close_code() == 4014
    server = await bot.gateway.until_event("VOICE_SERVER_UPDATE")
    assert server["token"] != voice.server["token"]
    assert sim.bot_channel(guild) is room


async def test_a_voice_server_may_be_left_gracefully(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.change_voice_server(guild, gracefully=True)
    assert (await bot.gateway.until_event("VOICE_SERVER_UPDATE"))["endpoint"] is None
    server = await bot.gateway.until_event("VOICE_SERVER_UPDATE")
    assert server["token"] != voice.server["token"]
    again = await bot.voice_at(server, voice.session_id)
    await again.identify(sim.bot.id)
    assert await voice.wire.close_code() == 4006


async def test_a_lost_main_session_ends_the_calls(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.drop_gateway(resumable=False)
    assert await voice.wire.close_code() == 4014
    assert sim.bot_channel(guild) is None


async def test_a_lost_main_session_ends_its_own_calls_alone(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    """A bot that was killed and started again has a second session, which asked for no call."""
    old = await bot.login()
    await bot.call(room)
    await old.ws.close(code=4000)
    await bot.login()
    sim.drop_gateway(resumable=False)
    assert sim.bot_channel(guild) is room


async def test_a_call_that_a_newer_session_took_over_outlives_the_older_one(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    old = await bot.login()
    await bot.call(room)
    await bot.login()
    await bot.ask_for(guild, room)
    await bot.own_state()
    await old.ws.close(code=1000)
    await bot.gateway.send(1, None)
    await bot.gateway.until_op(11)
    assert sim.bot_channel(guild) is room


async def test_a_session_whose_websocket_is_gone_ends_when_nobody_resumes_it(
    sim: DiscordSimulator,
    guild: SimulatedGuild,
    room: VoiceChannel,
    bot: RawBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("simulators.discord.voice.RESUMABLE_S", 0.01)
    await bot.login()
    voice = await bot.call(room)
    await voice.wire.ws.close()
    await sim.wait_for_no_call(room)
    assert (await bot.own_state())["channel_id"] is None


async def test_where_the_bot_may_not_connect_nothing_happens(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    closed = guild.add_voice_channel("closed")
    closed.forbid(connect=True)
    await bot.login()
    await bot.ask_for(guild, closed)
    await bot.ask_for(guild, room)
    assert (await bot.own_state())["channel_id"] == str(room.id)
    assert sim.violations == []


async def test_where_the_bot_may_not_speak_it_is_suppressed(
    guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    room.forbid(speak=True)
    await bot.login()
    await bot.ask_for(guild, room)
    assert (await bot.own_state())["suppress"] is True


async def test_asking_for_what_is_no_voice_channel_is_a_violation(
    sim: DiscordSimulator, guild: SimulatedGuild, text: TextChannel, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    await bot.gateway.send(
        4, {"guild_id": "5", "channel_id": None, "self_mute": False, "self_deaf": False}
    )
    await bot.gateway.send(
        4,
        {
            "guild_id": str(guild.id),
            "channel_id": str(text.id),
            "self_mute": False,
            "self_deaf": False,
        },
    )
    await bot.ask_for(guild, room)
    await bot.own_state()
    assert [violation.split(":")[0] for violation in sim.violations] == ["gateway op 4"] * 2


async def test_a_moderator_mutes_the_bot(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    await bot.call(room)
    sim.mute(guild)
    assert (await bot.own_state())["mute"] is True


async def test_a_guild_without_permissions_for_the_bot(sim: DiscordSimulator) -> None:
    guild = sim.add_guild("Bare", bot_permissions=discord.Permissions.none())
    assert not guild.permissions(guild.bot).mute_members
    assert guild.permissions(guild.bot).connect, "everyone may"
