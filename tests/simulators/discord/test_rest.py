"""REST as a bare client sees it: accounts, places, errors."""

from __future__ import annotations

import discord
import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, TextChannel, VoiceChannel
from tests.simulators.discord.raw import RawBot
from tests.simulators.discord.rest_client import Rest


async def test_the_bot_finds_itself_and_its_application(rest: Rest) -> None:
    status, me = await rest("GET", "/users/@me")
    assert (status, me["id"], me["bot"]) == (200, str(rest.sim.bot.id), True)
    status, application = await rest("GET", "/applications/@me")
    assert (status, application["id"]) == (200, me["id"])
    assert rest.sim.violations == []


async def test_a_wrong_token_is_unauthorized(rest: Rest) -> None:
    status, body = await rest("GET", "/users/@me", headers={"Authorization": "Bot other"})
    assert (status, body["message"]) == (401, "401: Unauthorized")
    assert len(rest.sim.violations) == 1
    assert rest.sim.token not in rest.sim.violations[0]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("POST", "/users/@me"), ("GET", "/guilds")]
)
async def test_an_unknown_route_is_not_found(rest: Rest, method: str, path: str) -> None:
    status, body = await rest(method, path)
    assert (status, body["code"]) == (404, 0)
    assert len(rest.sim.violations) == 1


async def test_guilds_channels_and_members_are_shown(
    rest: Rest, guild: SimulatedGuild, text: TextChannel, room: VoiceChannel
) -> None:
    ann = rest.sim.add_person(guild, "Ann")
    assert (await rest("GET", f"/guilds/{guild.id}"))[1]["name"] == "A server"
    channels = (await rest("GET", f"/guilds/{guild.id}/channels"))[1]
    assert [channel["name"] for channel in channels] == ["general", "room"]
    member = (await rest("GET", f"/guilds/{guild.id}/members/{ann.id}"))[1]
    assert member["user"]["global_name"] == "Ann"
    assert (await rest("GET", "/guilds/5"))[0] == 404
    assert (await rest("GET", "/guilds/five"))[1]["code"] == 50035


async def test_the_gateways_address_and_a_single_channel_are_told(
    rest: Rest, room: VoiceChannel
) -> None:
    assert (await rest("GET", "/gateway/bot"))[1]["url"] == "wss://gateway.discord.gg"
    assert (await rest("GET", f"/channels/{room.id}"))[1]["name"] == "room"
    assert (await rest("GET", "/channels/5"))[1]["code"] == 10003
    assert await rest("POST", f"/channels/{room.id}/typing") == (204, None)
    assert (await rest("GET", f"/guilds/{room.guild.id}/members/5"))[1]["code"] == 10007
    assert rest.sim.violations == []


async def test_only_a_stage_has_an_audience(rest: Rest, room: VoiceChannel, bot: RawBot) -> None:
    await bot.login()
    await bot.ask_for(room.guild, room)
    await bot.own_state()
    path = f"/guilds/{room.guild.id}/voice-states/@me"
    assert (await rest("PATCH", path, json={"suppress": False}))[1]["code"] == 50035


async def test_the_bot_steps_on_the_stage_if_it_may(
    rest: Rest, guild: SimulatedGuild, bot: RawBot
) -> None:
    stage = guild.add_stage_channel("stage")
    path = f"/guilds/{guild.id}/voice-states/@me"
    assert (await rest("PATCH", path, json={"suppress": False}))[1]["code"] == 10065
    await bot.login()
    await bot.ask_for(guild, stage)
    assert (await bot.own_state())["suppress"] is True
    asked = {"request_to_speak_timestamp": "2026-11-27T12:00:00+00:00"}
    assert (await rest("PATCH", path, json=asked))[0] == 204
    assert (await bot.own_state())["request_to_speak_timestamp"] is not None
    guild.grant(guild.bot, mute_members=True)
    assert (await rest("PATCH", path, json={"suppress": False}))[0] == 204
    assert (await bot.own_state())["suppress"] is False
    assert (await rest("PATCH", path, json={"suppress": "no"}))[1]["code"] == 50035


async def test_stepping_on_a_stage_needs_a_moderator(
    sim: DiscordSimulator, rest: Rest, bot: RawBot
) -> None:
    guild = sim.add_guild("Strict", bot_permissions=discord.Permissions.none())
    stage = guild.add_stage_channel("stage")
    await bot.login()
    await bot.ask_for(guild, stage)
    await bot.own_state()
    path = f"/guilds/{guild.id}/voice-states/@me"
    assert (await rest("PATCH", path, json={"suppress": False}))[1]["code"] == 50013
