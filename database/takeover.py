"""Take over the files in which earlier versions kept what guilds chose and which calls ran.

Both are read in one transaction, once: the database remembers them by their digest. Then they are
renamed to ``NAME.imported``. A damaged file is renamed to ``NAME.broken-TIME`` and counts as empty.
What the database has already is newer, and stays.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from database.engine import Database
from database.errors import InvalidSetting
from database.setting_values import checked_value, json_value
from database.tables import BookkeepingRow, GuildSettingRow, RunningCallRow, SettingChangeRow
from pipeline.settings import Level
from state import StateUnreadable, read_state

log = logging.getLogger(__name__)

CHOICES_FILE: Final = "guild-choices.json"
CALLS_FILE: Final = "running-calls.json"
_MARK: Final = "taken_over "
"""Before the digest of what was taken over."""
M = TypeVar("M", bound=BaseModel)


class _Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agent: str | None = None
    level: Level | None = None


class _ChoicesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guilds: dict[int, _Chosen] = {}


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel_id: int
    text_channel_id: int | None = None


class _CallsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guilds: dict[int, _Call] = {}


async def take_over(database: Database, folder: Path) -> None:
    """Import the files of earlier versions in ``folder``, if there are any.

    A file that cannot be read now is left for the next start, with a warning.

    Raises:
        SQLAlchemyError, OSError: while writing to the database; then nothing is imported.
    """
    choices_file, calls_file = folder / CHOICES_FILE, folder / CALLS_FILE
    try:
        choices = await asyncio.to_thread(_read, choices_file, _ChoicesFile)
        calls = await asyncio.to_thread(_read, calls_file, _CallsFile)
    except StateUnreadable as error:
        log.warning("what an earlier version kept is not taken over at this start: %s", error)
        return
    if choices is None and calls is None:
        return
    choices, calls = choices or _ChoicesFile(), calls or _CallsFile()
    content = choices.model_dump_json() + calls.model_dump_json()
    mark = {"name": _MARK + hashlib.sha256(content.encode()).hexdigest()[:32]}
    async with database.writing() as session:
        if await database.insert_missing(session, BookkeepingRow, mark, {"value": 1}):
            await _import(database, session, choices, calls)
    for file in (choices_file, calls_file):
        await asyncio.to_thread(_rename, file)


async def _import(
    database: Database, session: AsyncSession, choices: _ChoicesFile, calls: _CallsFile
) -> None:
    now = datetime.now(UTC)
    for guild_id, chosen in choices.guilds.items():
        for name, given in (("agent", chosen.agent), ("sensitivity", chosen.level)):
            if given is None:
                continue
            try:
                value = json_value(name, checked_value(name, given))
            except InvalidSetting as error:
                log.warning("guild %s: a choice is not taken over: %s", guild_id, error)
                continue
            keys = {"guild_id": guild_id, "name": name}
            values = {"value": value, "changed_at": now, "changed_by": None}
            if await database.insert_missing(session, GuildSettingRow, keys, values):
                session.add(
                    SettingChangeRow(
                        guild_id=guild_id, name=name, old=None, new=value, changed_at=now
                    )
                )
    for guild_id, call in calls.guilds.items():
        keys = {"guild_id": guild_id}
        await database.insert_missing(
            session, RunningCallRow, keys, {**call.model_dump(), "since": now}
        )
    log.info("took over what %d guilds chose, from the files before", len(choices.guilds))


def _read(file: Path, model: type[M]) -> M | None:
    return read_state(file, model.model_validate_json)


def _rename(file: Path) -> None:
    """Mark a file as imported. It is not read again even where it cannot be renamed."""
    try:
        os.replace(file, file.with_name(f"{file.name}.imported"))
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("%s is taken over, but could not be renamed: %s", file, error.strerror or error)
