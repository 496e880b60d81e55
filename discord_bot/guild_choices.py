"""What a guild has chosen: which agent answers, and how readily. Kept from call to call, and from
one run of the bot to the next where there is a file for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from logs import FaultLog
from pipeline.settings import Level
from state import StateError, StateUnreadable, read_state, write_state

log = logging.getLogger(__name__)

_NOT_KEPT: Final = "what a guild chose could not be kept and ends with the bot: %s"


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
        self._file = file
        self._faults = FaultLog(log)
        self._kept = self._read()

    def of(self, guild_id: int) -> GuildChoice:
        """What the guild's next call begins with."""
        chosen = self._kept.guilds.get(guild_id, _Chosen())
        return GuildChoice(chosen.agent or self._default.agent, chosen.level or self._default.level)

    def choose(
        self, guild_id: int, *, agent: str | None = None, level: Level | None = None
    ) -> None:
        """Change what is given, and keep the rest."""
        chosen = self._kept.guilds.setdefault(guild_id, _Chosen())
        chosen.agent = agent or chosen.agent
        chosen.level = level or chosen.level
        self._write()

    def forget(self, guild_id: int) -> None:
        """The guild is no more ours."""
        if self._kept.guilds.pop(guild_id, None) is not None:
            self._write()

    def _read(self) -> _File:
        if self._file is None:
            return _File()
        try:
            return read_state(self._file, _File.model_validate_json) or _File()
        except StateUnreadable as error:
            log.warning("what guilds choose ends with the bot: %s", error)
            self._file = None  # it is not ours to write over
            return _File()

    def _write(self) -> None:
        if self._file is None:
            return
        content = self._kept.model_dump_json(indent=2) + "\n"
        try:
            write_state(self._file, content.encode())
        except StateError as error:
            # The choice holds all the same, until the bot is started again.
            self._faults.tell(logging.WARNING, _NOT_KEPT, error)
        else:
            self._faults.well(_NOT_KEPT)
