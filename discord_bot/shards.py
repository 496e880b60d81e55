"""The bot's connections to Discord's gateway: its shards, and which guild belongs to which.

Discord sends the events of a guild to one shard, ``(guild_id >> 22) % shard_count`` (gateway
documentation, "Sharding"). Several processes may share the shards of one bot: each names its own
ones in ``discord.shard_ids``.

discord.py 2.7 treats one shard worse than a client without shards, which `ShardedBot` mends:

- It begins a new session after a failed attempt to reconnect, which ends the calls. `ResumingShard`
  resumes.
- After a new session it keeps the voice clients of the one before, and the guilds that the bot was
  removed from meanwhile. `dispatch` drops them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
import discord.shard
from discord.ext import commands
from discord.gateway import ReconnectWebSocket

from discord_bot.gateway_rate import limit_gateway_frames
from discord_bot.heartbeats import end_heartbeats


class ResumingShard(discord.shard.Shard):
    """A shard that resumes its session as long as Discord lets it."""

    async def reconnect(self) -> None:
        if getattr(self.ws, "session_id", None) is None:
            await super().reconnect()
        else:
            await self.reidentify(ReconnectWebSocket(self.id, resume=True))


def resume_shards() -> None:
    """Have the shards of every client of this process resume, from its next `connect` on."""
    vars(discord.shard)["Shard"] = ResumingShard


def shard_of(guild_id: int, shard_count: int | None) -> int:
    """The shard of a guild; with an unknown count the only one, 0."""
    return (guild_id >> 22) % (shard_count or 1)


class ShardedBot(commands.AutoShardedBot):
    """A client with shards; ``shard_count`` None takes as many as Discord recommends.

    ``shard_ids`` are those of this process; none means all.
    """

    def __init__(
        self, *, shard_count: int | None, shard_ids: Sequence[int] = (), **options: Any
    ) -> None:
        resume_shards()
        limit_gateway_frames()
        if shard_ids:
            options["shard_ids"] = list(shard_ids)
        super().__init__(shard_count=shard_count, **options)

    def owns(self, guild_id: int) -> bool:
        """Whether a guild belongs to a shard of this process."""
        return not self.shard_ids or shard_of(guild_id, self.shard_count) in self.shard_ids

    def session_began(self, shard_id: int, gone: Sequence[int]) -> None:
        """A shard has a new session, which no longer lists the guilds ``gone``."""

    async def close(self) -> None:
        await super().close()
        await end_heartbeats()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        # discord.py reports the end of its connection also after `close`, without a loop to run it.
        if self.loop is discord.utils.MISSING:
            return
        if event == "shard_connect":
            (shard_id,) = args
            self._drop_old_session(shard_id)
        super().dispatch(event, *args, **kwargs)

    def _drop_old_session(self, shard_id: int) -> None:
        state = self._connection
        here = [each for each in self.guilds if shard_of(each.id, self.shard_count) == shard_id]
        for guild in here:
            state._remove_voice_client(guild.id)
        # Those that the new session lists have just become unavailable, until Discord sends them.
        gone = [guild for guild in here if not guild.unavailable]
        for guild in gone:
            state._remove_guild(guild)
        self.session_began(shard_id, [guild.id for guild in gone])
