"""What a guild has chosen: which agent answers, and how readily. Kept from call to call."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import Level


@dataclass(slots=True)
class GuildChoice:
    """One guild's choice; made with the settings' defaults."""

    agent: str
    level: Level


class GuildChoices:
    """Every guild's choice, for as long as the bot runs."""

    def __init__(self, agent: str, level: Level) -> None:
        self._default = (agent, level)
        self._choices: dict[int, GuildChoice] = {}

    def of(self, guild_id: int) -> GuildChoice:
        """The guild's choice; changing it changes what its next call begins with."""
        return self._choices.setdefault(guild_id, GuildChoice(*self._default))
