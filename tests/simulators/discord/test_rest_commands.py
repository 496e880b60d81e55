from __future__ import annotations

import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild
from tests.simulators.discord.rest_client import Rest

JOIN = {"name": "join", "description": "Join your channel", "options": [], "nsfw": False}
LEAVE = {"name": "leave", "description": "Leave", "default_member_permissions": 32}


@pytest.fixture
def commands(sim: DiscordSimulator) -> str:
    return f"/applications/{sim.bot.id}/commands"


async def test_commands_are_overwritten_as_a_whole(rest: Rest, commands: str) -> None:
    status, synced = await rest("PUT", commands, json=[JOIN, LEAVE])
    assert (status, [command["name"] for command in synced]) == (200, ["join", "leave"])
    assert synced[1]["default_member_permissions"] == "32"
    await rest("PUT", commands, json=[LEAVE])
    assert [command["name"] for command in rest.sim.commands()] == ["leave"]


async def test_one_bad_command_fails_the_whole_sync(rest: Rest, commands: str) -> None:
    await rest("PUT", commands, json=[JOIN])
    bad = LEAVE | {"description": ""}
    status, refusal = await rest("PUT", commands, json=[JOIN, bad])
    assert (status, refusal["code"]) == (400, 50035)
    assert "1" in refusal["errors"]
    assert [command["name"] for command in rest.sim.commands()] == ["join"]
    status, _ = await rest("PUT", commands, json=[JOIN, JOIN])
    assert status == 400


async def test_a_single_command_is_made_changed_and_removed(
    rest: Rest, guild: SimulatedGuild
) -> None:
    base = f"/applications/{rest.sim.bot.id}/guilds/{guild.id}/commands"
    status, made = await rest("POST", base, json=JOIN)
    assert (status, made["guild_id"]) == (201, str(guild.id))
    status, changed = await rest("PATCH", f"{base}/{made['id']}", json={"description": "Come"})
    assert (status, changed["description"], changed["name"]) == (200, "Come", "join")
    assert rest.sim.commands() == []
    assert len(rest.sim.commands(guild)) == 1
    assert (await rest("DELETE", f"{base}/{changed['id']}"))[0] == 204
    assert rest.sim.commands(guild) == []
    assert (await rest("GET", f"{base}/{changed['id']}"))[0] == 404


async def test_commands_of_a_guild_without_the_bot_are_out_of_reach(rest: Rest) -> None:
    path = f"/applications/{rest.sim.bot.id}/guilds/5/commands"
    assert (await rest("PUT", path, json=[]))[1]["code"] == 50001
