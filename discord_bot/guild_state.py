"""What the bot keeps of each guild: the choices its members made, and the call that runs.

Both outlive a call, and a restart of the bot where the store has a database.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from database.errors import ChangeNotKept, InvalidSetting
from database.running_calls import RunningCall, RunningCalls
from database.store import GuildStore
from database.writer import Kept
from pipeline.settings import Level

__all__ = ["GuildChoice", "GuildChoices", "GuildState", "RunningCall", "RunningCalls"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GuildChoice:
    """The agent and the sensitivity of one guild; the settings' defaults where it chose none."""

    agent: str
    level: Level


class GuildChoices:
    """The choices of all guilds with which a call begins: a view of the store's settings."""

    def __init__(self, store: GuildStore) -> None:
        self._settings = store.settings

    def of(self, guild_id: int) -> GuildChoice:
        """The choice with which the guild's next call begins."""
        settings = self._settings.of(guild_id)
        return GuildChoice(settings.agent, settings.sensitivity)

    def choose_agent(self, guild_id: int, agent: str, *, by: int | None = None) -> Kept:
        """``by`` is the member's id. The result is when it is on the disk."""
        return self._choose(guild_id, "agent", agent, by)

    def choose_level(self, guild_id: int, level: Level, *, by: int | None = None) -> Kept:
        """``by`` is the member's id. The result is when it is on the disk."""
        return self._choose(guild_id, "sensitivity", level, by)

    def _choose(self, guild_id: int, name: str, value: str, by: int | None) -> Kept:
        try:
            return self._settings.set(guild_id, name, value, by=by)
        except InvalidSetting as error:
            log.warning("guild %s: what was chosen is not kept: %s", guild_id, error)
            return Kept(refused=ChangeNotKept(str(error)))


class GuildState:
    """A guild's choices and the running calls. Without a ``store`` they end with the process."""

    def __init__(self, store: GuildStore | None = None) -> None:
        self.store = store or GuildStore()
        self.choices = GuildChoices(self.store)

    @property
    def calls(self) -> RunningCalls:
        """The running calls of all guilds."""
        return self.store.calls

    def forget(self, guild_id: int) -> None:
        """Remove everything about a guild that the bot has left."""
        self.store.forget_guild(guild_id)
