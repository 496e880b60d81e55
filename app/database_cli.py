"""``run.py database``: check the database, bring it to this version, copy it and put a copy back,
export a member's data."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final, Literal, TypeAlias

from app.doctor.check_database import check_database
from app.doctor.findings import Grade
from app.services import defaults_of
from database.backup import back_up, restore
from database.engine import open_engine
from database.errors import DatabaseUnreachable
from database.location import Location
from database.member_records import as_json
from database.store import open_store
from database.upgrade import revisions, upgrade
from openclaw_client import DeviceStore
from settings import Settings
from state import only_one

Action: TypeAlias = Literal["check", "upgrade", "export", "backup", "restore"]
ACTIONS: Final[tuple[Action, ...]] = ("check", "upgrade", "export", "backup", "restore")


async def run_database(
    settings: Settings, action: Action, member_id: int | None = None, copy: Path | None = None
) -> int:
    """Do ``action``, and print the result; the status is 1 where a check failed.

    ``export`` prints what the database has about a member as JSON. It reads beside a running bot,
    and so does ``backup`` to the new file ``copy``. ``restore`` puts ``copy`` in the place of the
    database; no bot may use it.

    Raises:
        DatabaseUnusable, DeviceStoreError: the text says what to do.
        FolderInUse: a restore while the bot runs.
        ValueError: an export without a member, or a copy without a file.
    """
    if action == "check":
        found = await check_database(settings)
        _print(str(found))
        return 1 if found.grade is Grade.FAIL else 0
    folder = DeviceStore.of(settings.openclaw).folder
    location = settings.database.location(folder)
    if action in ("backup", "restore"):
        if copy is None:
            raise ValueError(f"a {action} needs a file: --file FILE")
        await asyncio.to_thread(_copy, action, location, folder, copy)
        return 0
    if action == "upgrade":
        async with open_engine(location) as database:
            await upgrade(database)
        _print(f"{location}: revision {revisions()[-1]}")
        return 0
    if member_id is None:
        raise ValueError("an export needs a member: --member ID")
    async with open_store(location, defaults_of(settings)) as store:
        _print(as_json(await store.records.export(member_id)).rstrip())
    return 0


def _copy(action: Action, location: Location, folder: Path, copy: Path) -> None:
    copy = copy.expanduser().absolute()
    if action == "backup":
        try:
            revision = back_up(location, copy)
        except FileExistsError:
            advice = "Name another file, or remove this one"
            raise DatabaseUnreachable(str(copy), "it is there already", advice) from None
        _print(f"{copy}: a copy of {location}, revision {revision or 'none'}")
        return
    with only_one(folder):
        replaced = restore(location, copy)
    _print(f"{location}: restored from {copy}")
    if replaced is not None:
        _print(f"the database of before is {replaced}")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
