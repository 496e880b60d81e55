"""The calls that are running, kept so that they go on when the bot is started again."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from state import StateFile


class RunningCall(BaseModel):
    """Where a guild's call is, and where it is written of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel_id: int
    text_channel_id: int | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guilds: dict[int, RunningCall] = {}


class RunningCalls:
    """Every guild's. ``file`` keeps them; without one they end with the bot."""

    def __init__(self, file: Path | None = None) -> None:
        self._record = StateFile(file, _File(), "which calls run")

    def of(self, guild_id: int) -> RunningCall | None:
        """The guild's call that is running, or was when the bot went down."""
        return self._record.value.guilds.get(guild_id)

    def guilds(self) -> list[int]:
        """Those that have a call."""
        return list(self._record.value.guilds)

    def runs(self, guild_id: int, call: RunningCall) -> None:
        """A call has begun, or goes on elsewhere."""
        if self.of(guild_id) != call:
            self._record.value.guilds[guild_id] = call
            self._record.save()

    def ended(self, guild_id: int) -> bool:
        """There is nothing to come back to; False if there was nothing before."""
        if self._record.value.guilds.pop(guild_id, None) is None:
            return False
        self._record.save()
        return True
