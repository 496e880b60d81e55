"""Whether the bot may join a voice channel, and what it announces there."""

from __future__ import annotations

import pytest

from discord_bot.call.voice_channel import VoiceChannel, check_may_join
from discord_bot.errors import MayNotJoin
from testing.calls import Calls, calls
from tests.discord_bot.commands.conftest import grant, limit, permit


def channel_of(c: Calls) -> VoiceChannel:
    return c.bot.guilds[0].voice_channels[0]


async def test_missing_permissions_are_named() -> None:
    async with calls(dave=False) as c:
        check_may_join(channel_of(c))
        await permit(c, c.room, speak=True, connect=True)
        with pytest.raises(MayNotJoin, match="connect, speak"):
            check_may_join(channel_of(c))


async def test_a_full_channel_can_be_joined_with_the_move_members_permission() -> None:
    async with calls(dave=False) as c:
        await c.alice.join(c.room)
        await c.until(lambda: channel_of(c).voice_states)
        await grant(c, move_members=True)
        await limit(c, c.room, 1)
        check_may_join(channel_of(c))
        await grant(c, move_members=False)
        with pytest.raises(MayNotJoin, match="is full"):
            check_may_join(channel_of(c))


async def test_listening_is_announced_with_agent_and_channel() -> None:
    async with calls(dave=False) as c:
        await c.call_in()
        await c.settle()
        c.posted()
        await c.bot.sessions[c.guild.id].consent.announce(channel_of(c))
        (posted,) = c.posted()
        listens = f"Jarvis is listening in <#{c.room.id}>. "
        assert posted.startswith(f"{listens}What that means: https://discord.com/channels/")
        notice = c.sim.messages(c.room)[-1].content
        assert notice.startswith(f"{listens}No audio is stored.\n")
