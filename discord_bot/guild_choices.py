"""What a guild has chosen: which agent answers, and how readily. Kept from call to call, and from
one run of the bot to the next where there is a file for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.settings import Level
from state import StateFile


@dataclass(frozen=True, slots=True)
class GuildChoice:
    """One guild's choice, with the settings' defaults for what it left open."""

    agent: str
    level: Level


class _Chosen(BaseModel):
    """What a guild chose itself; None is what it left open."""

    model_config = ConfigDict(extra="forbid")

    agent: str | None = None
    level: Level | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guilds: dict[int, _Chosen] = {}


class GuildChoices:
    """Every guild's choice. ``file`` keeps them; without one they end with the bot."""

    def __init__(self, agent: str, level: Level, file: Path | None = None) -> None:
        self._default = GuildChoice(agent, level)
        self._record = StateFile(file, _File(), "what guilds choose")

    def of(self, guild_id: int) -> GuildChoice:
        """What the guild's next call begins with."""
        chosen = self._record.value.guilds.get(guild_id, _Chosen())
        return GuildChoice(chosen.agent or self._default.agent, chosen.level or self._default.level)

    def choose(
        self, guild_id: int, *, agent: str | None = None, level: Level | None = None
    ) -> None:
        """Change what is given, and keep the rest."""
        chosen = self._record.value.guilds.setdefault(guild_id, _Chosen())
        chosen.agent = agent or chosen.agent
        chosen.level = level or chosen.level
        self._record.save()

    def forget(self, guild_id: int) -> None:
        """The guild is no more ours."""
        if self._record.value.guilds.pop(guild_id, None) is not None:
            self._record.save()
