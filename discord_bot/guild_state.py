"""What the bot keeps of each guild: the choices its members made, and the call that runs.

Both outlive a call, and a restart of the bot where there is a file for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.settings import Level
from state import StateFile


@dataclass(frozen=True, slots=True)
class GuildChoice:
    """The agent and the sensitivity of one guild; the settings' defaults where it chose none."""

    agent: str
    level: Level


class _Chosen(BaseModel):
    """What a guild chose; None where it chose nothing."""

    model_config = ConfigDict(extra="forbid")

    agent: str | None = None
    level: Level | None = None


class _ChoicesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guilds: dict[int, _Chosen] = {}


class GuildChoices:
    """The choices of all guilds. Without a ``file`` they end with the process."""

    def __init__(self, agent: str, level: Level, file: Path | None = None) -> None:
        self._default = GuildChoice(agent, level)
        self._state_file = StateFile(file, _ChoicesFile(), "what guilds choose")

    def of(self, guild_id: int) -> GuildChoice:
        """The choice with which the guild's next call begins."""
        chosen = self._state_file.value.guilds.get(guild_id, _Chosen())
        return GuildChoice(chosen.agent or self._default.agent, chosen.level or self._default.level)

    def choose(
        self, guild_id: int, *, agent: str | None = None, level: Level | None = None
    ) -> None:
        """Change the arguments that are given, and keep the others."""
        chosen = self._state_file.value.guilds.setdefault(guild_id, _Chosen())
        chosen.agent = agent or chosen.agent
        chosen.level = level or chosen.level
        self._state_file.save()

    def forget(self, guild_id: int) -> None:
        """Remove a guild that the bot has left."""
        if self._state_file.value.guilds.pop(guild_id, None) is not None:
            self._state_file.save()


class RunningCall(BaseModel):
    """The channels of a guild's call: the voice channel, and the text channel for its notices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel_id: int
    text_channel_id: int | None = None


class _CallsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guilds: dict[int, RunningCall] = {}


class RunningCalls:
    """The running calls of all guilds, so that the bot rejoins them after a restart.

    Without a ``file`` they end with the process.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._state_file = StateFile(file, _CallsFile(), "which calls run")

    def of(self, guild_id: int) -> RunningCall | None:
        """The guild's call that is running, or was running when the bot stopped."""
        return self._state_file.value.guilds.get(guild_id)

    def guilds(self) -> list[int]:
        """The ids of the guilds that have a call."""
        return list(self._state_file.value.guilds)

    def add(self, guild_id: int, call: RunningCall) -> None:
        """Record a call that has begun or has moved to another channel."""
        if self.of(guild_id) != call:
            self._state_file.value.guilds[guild_id] = call
            self._state_file.save()

    def remove(self, guild_id: int) -> bool:
        """Remove a call that has ended; False if there was none."""
        if self._state_file.value.guilds.pop(guild_id, None) is None:
            return False
        self._state_file.save()
        return True


@dataclass(frozen=True, slots=True)
class GuildState:
    """A guild's choices and the running calls."""

    choices: GuildChoices
    calls: RunningCalls = field(default_factory=RunningCalls)

    def forget(self, guild_id: int) -> None:
        """Remove everything about a guild that the bot has left."""
        self.calls.remove(guild_id)
        self.choices.forget(guild_id)
