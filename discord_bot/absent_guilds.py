"""Forgets the guilds that the bot was removed from while it was not running.

Discord tells a removal to the session of that moment alone. Later ones list the guilds that the bot
is in, those with an outage too (as unavailable): only a guild that such a list leaves out is gone.
What is stored of it is kept for `ABSENT_DAYS` more. A shard without a session says nothing of its
guilds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from database.absences import Absences
from tasks import OwnedTasks

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 3600.0


class AbsentGuilds:
    """Looks for absent guilds when a shard has a new session, and every `LOOK_EVERY_S`.

    ``is_listed`` says whether Discord has listed a guild, ``shard_of`` is its shard, and
    ``forget`` deletes what there is of it.
    """

    def __init__(
        self,
        absences: Absences,
        *,
        is_listed: Callable[[int], bool],
        shard_of: Callable[[int], int],
        forget: Callable[[int], Awaitable[None]],
    ) -> None:
        self._absences = absences
        self._is_listed = is_listed
        self._shard_of = shard_of
        self._forget = forget
        self._ready: set[int] = set()
        """The shards whose guilds are known."""
        self._woken = asyncio.Event()
        self._tasks = OwnedTasks(log)

    def start(self) -> None:
        """Begin to look."""
        self._tasks.spawn(self._keep_looking(), "look for guilds that the bot has left")

    async def aclose(self) -> None:
        """Stop looking."""
        await self._tasks.aclose()

    def shard_ready(self, shard_id: int) -> None:
        """A shard has a session, and Discord has listed its guilds."""
        self._ready.add(shard_id)
        self._woken.set()

    def shard_away(self, shard_id: int) -> None:
        """The connection of a shard was lost, or a new session has begun."""
        self._ready.discard(shard_id)

    async def look(self) -> None:
        """Look once."""
        for guild_id in await self._absences.look(self._is_here):
            if self._is_here(guild_id) is False:
                log.info("guild %s: the bot has been away from it for long", guild_id)
                await self._forget(guild_id)

    def _is_here(self, guild_id: int) -> bool | None:
        if self._is_listed(guild_id):
            return True
        return False if self._shard_of(guild_id) in self._ready else None

    async def _keep_looking(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._woken.wait()
            self._woken.clear()
            await self.look()
