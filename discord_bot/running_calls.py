"""The calls that are running, kept so that they go on when the bot is started again."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

log = logging.getLogger(__name__)


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
        self._file = file
        self._kept = _File() if file is None else _read(file)

    def of(self, guild_id: int) -> RunningCall | None:
        """The guild's call that is running, or was when the bot went down."""
        return self._kept.guilds.get(guild_id)

    def runs(self, guild_id: int, call: RunningCall) -> None:
        """A call has begun, or goes on elsewhere."""
        if self.of(guild_id) != call:
            self._kept.guilds[guild_id] = call
            self._write()

    def ended(self, guild_id: int) -> bool:
        """There is nothing to come back to; False if there was nothing before."""
        if self._kept.guilds.pop(guild_id, None) is None:
            return False
        self._write()
        return True

    def _write(self) -> None:
        if self._file is None:
            return
        draft = self._file.with_name(f".{self._file.name}.draft")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(self._kept.model_dump_json(indent=2) + "\n", encoding="utf-8")
            os.replace(draft, self._file)
        except OSError as error:
            # The calls run all the same; started again, the bot comes back to those written last.
            log.warning("which calls run could not be kept in %s: %s", self._file, error)


def _read(file: Path) -> _File:
    try:
        return _File.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return _File()
    except (OSError, ValidationError) as error:
        # What it says is only where to come back to: the next call writes it over.
        log.warning("which calls ran cannot be read from %s, so none goes on: %s", file, error)
    return _File()
