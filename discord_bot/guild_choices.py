"""What a guild has chosen: which agent answers, and how readily. Kept from call to call, and from
one run of the bot to the next where there is a file for it."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.settings import Level

log = logging.getLogger(__name__)


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
        self._kept = _File() if file is None else _read(file)

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

    def _write(self) -> None:
        if self._file is None:
            return
        draft = self._file.with_name(f".{self._file.name}.draft")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(self._kept.model_dump_json(indent=2) + "\n", encoding="utf-8")
            os.replace(draft, self._file)
        except OSError as error:
            # The choice holds all the same, until the bot is started again.
            log.warning("what a guild chose could not be kept in %s: %s", self._file, error)


def _read(file: Path) -> _File:
    try:
        return _File.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _File()
    except OSError as error:
        log.warning("what guilds chose cannot be read from %s: %s", file, error)
    except ValidationError as error:
        aside = file.with_suffix(".unreadable")
        log.warning(
            "%s is not as the bot writes it (%d problems); it is put aside as %s and the guilds "
            "begin with the settings' defaults",
            file,
            error.error_count(),
            aside,
        )
        file.replace(aside)
    return _File()
