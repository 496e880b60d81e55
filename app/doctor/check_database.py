"""The database: whether it can be reached and written, and its version."""

from __future__ import annotations

from typing import Final

from app.doctor.findings import Finding, Grade
from database.engine import WORKING_ERRORS, as_unusable, open_engine
from database.errors import DatabaseUnusable
from database.location import Location
from database.upgrade import examine, revisions
from openclaw_client import DeviceStore
from openclaw_client.errors import DeviceStoreError
from settings import Settings

DATABASE: Final = "database"


async def check_database(settings: Settings) -> Finding:
    """Look at the database of the settings as the bot does at its start; nothing is changed."""
    try:
        location = settings.database.location(DeviceStore.of(settings.openclaw).folder)
    except DeviceStoreError as error:
        return Finding(Grade.FAIL, DATABASE, "there is no folder for it", str(error))
    try:
        async with open_engine(location) as database:
            return _found(location, await examine(database))
    except DatabaseUnusable as error:
        return _unusable(error)
    except WORKING_ERRORS as error:
        return _unusable(as_unusable(location, error))


def _found(location: Location, revision: str | None) -> Finding:
    newest = revisions()[-1]
    if location.is_sqlite and location.file is None:
        words = "none: what servers and members choose ends with the bot (DATABASE__URL)"
        return Finding(Grade.WARN, DATABASE, words, "unset DATABASE__URL to keep it in a file")
    if revision is None:
        words = "the bot creates its tables at its start"
    elif revision == newest:
        words = f"revision {revision}, can be written"
    else:
        words = f"revision {revision}; the bot brings it to {newest} at its start"
    return Finding(Grade.OK, DATABASE, f"{location}: {words}")


def _unusable(error: DatabaseUnusable) -> Finding:
    return Finding(Grade.FAIL, DATABASE, f"{error.where}: {error.reason}", error.advice)
