"""One simulated Discord with the bot on it for all tests of a module, tidied up between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest_asyncio

from tests.discord_bot.calls import Calls, calls


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_calls() -> AsyncIterator[Calls]:
    async with calls(dave=False) as shared:
        yield shared


@pytest_asyncio.fixture(loop_scope="module")
async def c(shared_calls: Calls) -> AsyncIterator[Calls]:
    """Alice and Ben in no channel, the bot in none, nothing forbidden, nothing chosen."""
    yield shared_calls
    for session in list(shared_calls.bot.sessions.values()):
        await session.leave()
    for person in (shared_calls.alice, shared_calls.ben):
        if person.channel is not None:
            await person.leave()
    for channel in (shared_calls.text, shared_calls.room, shared_calls.other):
        channel.forbid()
        await shared_calls.until(lambda channel=channel: _may_all(shared_calls, channel.id))
    shared_calls.bot.choose_agent(shared_calls.guild.id, "jarvis")
    shared_calls.bot.choose_level(shared_calls.guild.id, "medium")
    shared_calls.rooms.clear()
    assert shared_calls.sim.violations == []


def _may_all(c: Calls, channel_id: int) -> bool:
    channel = c.bot.get_channel(channel_id)
    assert isinstance(channel, discord.abc.GuildChannel)
    return not channel.overwrites
