"""``run.py database``: check the database, bring it to this version, export a member's data."""

from __future__ import annotations

import sys
from typing import Final, Literal, TypeAlias

from app.doctor.check_database import check_database
from app.doctor.findings import Grade
from app.services import defaults_of
from database.engine import open_engine
from database.member_records import as_json
from database.store import open_store
from database.upgrade import revisions, upgrade
from openclaw_client import DeviceStore
from settings import Settings

Action: TypeAlias = Literal["check", "upgrade", "export"]
ACTIONS: Final[tuple[Action, ...]] = ("check", "upgrade", "export")


async def run_database(settings: Settings, action: Action, member_id: int | None = None) -> int:
    """Do ``action``, and print the result; the status is 1 where a check failed.

    ``export`` prints what the database has about a member as JSON. It reads beside a running bot.

    Raises:
        DatabaseUnusable, DeviceStoreError: the text says what to do.
        ValueError: an export without a member.
    """
    if action == "check":
        found = await check_database(settings)
        _print(str(found))
        return 1 if found.grade is Grade.FAIL else 0
    location = settings.database.location(DeviceStore.of(settings.openclaw).folder)
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


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
