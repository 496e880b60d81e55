"""One simulated Discord with the bot for all tests of a module, reset between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest_asyncio

from discord_bot.rights import no_choice
from simulators.discord import Message, TextChannel
from testing.calls import JARVIS, Calls, calls


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_calls() -> AsyncIterator[Calls]:
    async with calls(dave=False, connect_timeout_s=10) as shared:
        yield shared


@pytest_asyncio.fixture(loop_scope="module")
async def c(shared_calls: Calls) -> AsyncIterator[Calls]:
    """Alice, Ben and the bot are in no channel; nothing is forbidden, nothing chosen."""
    yield shared_calls
    await shared_calls.settle()
    for session in list(shared_calls.bot.sessions.values()):
        await session.leave()
    for person in (shared_calls.alice, shared_calls.ben):
        if person.channel is not None:
            await person.leave()
    for channel in (shared_calls.text, shared_calls.room, shared_calls.other):
        await permit(shared_calls, channel)
    await grant(shared_calls, move_members=False)
    shared_calls.bot.rights = no_choice
    await shared_calls.bot.store.settings.reset(shared_calls.guild.id)
    shared_calls.bot.choose_agent(shared_calls.guild.id, JARVIS)
    shared_calls.bot.choose_level(shared_calls.guild.id, "medium")
    shared_calls.rooms.clear()
    shared_calls.posted()
    assert shared_calls.sim.violations == []


def labels(message: Message) -> list[str]:
    """The labels of the buttons below a message."""
    parts = (part for row in message.components for part in row.get("components", ()))
    return [part["label"] for part in parts if "label" in part]


async def permit(c: Calls, channel: TextChannel, **forbidden: bool) -> None:
    """Permit the bot everything in a channel except ``forbidden``, and wait until it knows."""
    known = c.bot.get_channel(channel.id)
    assert isinstance(known, discord.abc.GuildChannel)
    channel.forbid(**forbidden)
    denied = discord.Permissions(**forbidden)
    await c.until(lambda: known.overwrites_for(known.guild.me).pair()[1] == denied)


async def grant(c: Calls, **permissions: bool) -> None:
    """Give the bot permissions in the guild, or with False take them, and wait until it knows."""
    c.guild.grant(c.guild.bot, **permissions)
    me = c.bot.guilds[0].me
    wanted = permissions.items()
    await c.until(lambda: all(getattr(me.guild_permissions, k) is v for k, v in wanted))


async def limit(c: Calls, channel: TextChannel, people: int) -> None:
    """Set the user limit of a voice channel; 0 is no limit."""
    c.guild.emit("CHANNEL_UPDATE", channel.payload() | {"user_limit": people}, c.guild.id)
    known = c.bot.get_channel(channel.id)
    assert isinstance(known, discord.VoiceChannel | discord.StageChannel)
    await c.until(lambda: known.user_limit == people)


async def manage(c: Calls, *, may: bool = True) -> None:
    """Let Alice manage the server."""
    c.guild.grant(c.alice.member, manage_guild=may)
    role_id = c.alice.member.role_id

    def known() -> bool:
        role = c.bot.guilds[0].get_role(role_id)
        return may is (role is not None and role.permissions.manage_guild)

    await c.until(known)
