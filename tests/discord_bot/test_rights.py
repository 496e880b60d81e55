"""Who may call, move, end and switch a call, and who is heard, as members see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest

from discord_bot.rights import CallAction, ServerRights, SettingsRights
from simulators.discord import Message, SimulatedPerson, VoiceChannel
from testing.calls import Calls, calls, tone


@pytest.fixture
async def c() -> AsyncIterator[Calls]:
    """Alice and the bot are in Room, Ben is in Other, where nothing runs."""
    async with calls(dave=False) as one:
        await one.ben.join(one.other)
        await one.call_in()
        await one.until(lambda: one.ben.id in known(one, one.other).voice_states)
        yield one
        assert one.sim.violations == []


@pytest.mark.parametrize("action", CallAction)
def test_what_a_member_cannot_do_is_denied_in_languages_that_put_the_not_into_it(
    action: CallAction,
) -> None:
    """The sentences around it are "darum kannst du {action}" and "{action}ことはできません"."""
    assert any(word in action.value.to("de") for word in ("nicht", "nichts"))
    assert not action.value.to("ja").endswith("こと")


def known(c: Calls, channel: VoiceChannel) -> discord.VoiceChannel:
    found = c.bot.get_channel(channel.id)
    assert isinstance(found, discord.VoiceChannel)
    return found


async def ask(c: Calls, person: SimulatedPerson, command: str, **options: object) -> Message:
    asked = await c.sim.run_command(person, command, options, channel=c.text)
    return await asked.answered()


async def test_a_member_of_another_channel_does_not_move_the_call(c: Calls) -> None:
    answer = await ask(c, c.ben, "join")
    assert answer.ephemeral
    assert answer.content == (
        f"I am in a call in <#{c.room.id}>, and you are not in it, so you cannot move me. Those in "
        "the call can do it. Members who may move members or manage this server can, too."
    )
    assert c.sim.bot_channel(c.guild) is c.room


@pytest.mark.parametrize("permission", ["move_members", "manage_guild", "administrator"])
async def test_with_the_permission_they_do(c: Calls, permission: str) -> None:
    c.guild.grant(c.ben.member, **{permission: True})
    guild = c.bot.guilds[0]
    ben = guild.get_member(c.ben.id)
    assert ben is not None
    await c.until(lambda: getattr(ben.guild_permissions, permission))
    assert f"I am in <#{c.other.id}>" in (await ask(c, c.ben, "join")).content
    await c.sim.wait_for_call(c.other)


@pytest.mark.parametrize("by_role", [True, False])
async def test_those_whom_the_server_chose_do(c: Calls, by_role: bool) -> None:
    role, user = frozenset({c.ben.member.role_id}), frozenset({c.ben.id})
    chosen = ServerRights(manager_roles=role) if by_role else ServerRights(manager_users=user)
    c.bot.rights = lambda _: chosen
    refused = await ask(c, c.sim.add_person(c.guild, "Carol"), "leave")
    assert "manage this server, and Ben, can, too." in refused.content
    assert "I am in" in (await ask(c, c.ben, "join")).content


async def test_another_bot_in_the_call_is_not_in_it(c: Calls) -> None:
    await c.sim.add_person(c.guild, "Music", bot=True).join(c.room)
    await c.alice.leave()
    await c.until(lambda: c.alice.id not in known(c, c.room).voice_states)
    assert "I am in" in (await ask(c, c.ben, "join")).content, "no human is left in the call"


async def test_it_is_not_sent_where_the_member_cannot_go(c: Calls) -> None:
    secret = c.guild.add_voice_channel("Secret")
    await c.until(lambda: c.bot.get_channel(secret.id))
    secret.hide()
    await c.until(lambda: known(c, secret).overwrites)
    await c.run("leave")
    answer = await c.ask("join", channel=secret)
    assert answer.ephemeral
    assert answer.content.startswith("You cannot enter that channel yourself")
    assert c.bot.sessions == {}


async def test_only_chosen_channels_are_joined(c: Calls) -> None:
    c.bot.rights = lambda _: ServerRights(channels=frozenset({c.other.id}))
    await c.run("leave")
    answer = await c.ask("join")
    assert answer.content.startswith(f"This server does not want me in <#{c.room.id}>.")
    assert answer.ephemeral
    assert "I am in" in await c.run("join", channel=c.other)


async def test_only_chosen_members_call_it(c: Calls) -> None:
    c.bot.rights = lambda _: ServerRights(roles=frozenset({c.ben.member.role_id}))
    assert "you are not among them" in await c.run("leave"), "also not to end a call"
    assert c.sim.bot_channel(c.guild) is c.room
    c.bot.rights = lambda _: ServerRights(users=frozenset({c.ben.id}))
    c.sim.kick(c.guild)
    await c.until(lambda: c.bot.sessions == {})
    assert "This server has chosen who may call me" in await c.run("join")
    assert "I am in" in (await ask(c, c.ben, "join")).content


async def test_those_who_are_not_chosen_are_dropped_before_a_decoder(c: Calls) -> None:
    await c.ben.join(c.room)
    room = c.rooms[-1]
    await c.until(lambda: c.ben.id in room.people)
    assert await c.hears(c.ben) >= 360
    chosen = {c.alice.id}
    c.bot.rights = lambda _: ServerRights(users=frozenset(chosen))
    session = c.bot.sessions[c.guild.id]
    voice = session.voice
    assert voice is not None
    decoded, left_out = voice.counters.frames, voice.counters.ignored
    await c.ben.say(tone(0.4))
    assert voice.counters.frames == decoded
    assert voice.counters.ignored >= left_out + 20
    assert await c.hears(c.alice) >= 360
    told = (await ask(c, c.ben, "why")).content
    assert told == (
        "I do not hear you: this server has chosen whom I hear, and you are not among them."
    )
    chosen.add(c.ben.id)
    assert await c.hears(c.ben) >= 360, "a change holds at once"


@dataclass(frozen=True)
class Chosen:
    """A server's settings."""

    allowed_channels: tuple[int, ...] = (1,)
    allowed_roles: tuple[int, ...] = (2,)
    allowed_users: tuple[int, ...] = (3,)
    move_roles: tuple[int, ...] = (4,)
    move_users: tuple[int, ...] = (5,)
    transcribed_bots: tuple[int, ...] = (6,)


async def test_the_settings_of_a_server_make_its_rights_and_a_change_holds() -> None:
    settings = {7: Chosen()}
    rights = SettingsRights(lambda guild_id: settings[guild_id])
    assert rights(7) == ServerRights(
        frozenset({1}),
        frozenset({2}),
        frozenset({3}),
        frozenset({4}),
        frozenset({5}),
        frozenset({6}),
    )
    assert rights(7) is rights(7)
    settings[7] = Chosen(move_users=())
    assert rights(7).manager_users == frozenset()


async def test_one_member_cannot_flood_it_with_commands() -> None:
    async with calls(dave=False, commands_per_minute=2) as c:
        for _ in range(2):
            assert await c.run("status") == "I am in no voice channel: `/join` calls me."
        answer = await c.ask("status")
        assert answer.ephemeral
        assert answer.content.startswith("That was often enough for now. Try again in ")
        others = await ask(c, c.ben, "status")
        assert others.content == "I am in no voice channel: `/join` calls me."


async def test_commands_are_offered_to_those_who_may_connect_in_servers_only() -> None:
    async with calls(dave=False) as c:
        connect = str(discord.Permissions(connect=True).value)
        for command in c.sim.commands():
            assert command["default_member_permissions"] == connect, command["name"]
            assert command["contexts"] == [0]
            assert command["integration_types"] == [0]
