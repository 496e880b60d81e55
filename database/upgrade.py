"""Bring the tables of a database to this version: the migrations, in one transaction."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from database.engine import SERVER_ADVICE, Database
from database.errors import DatabaseUnreachable
from database.inspection import (
    VERSION_TABLE,
    check_revision,
    check_writable,
    inspect_file,
    make_private,
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME: Final = 0x6F63_766F_6963_65
"""PostgreSQL's lock for two processes that start at once: "ocvoice" in ASCII."""


@cache
def revisions(migrations: Path = MIGRATIONS) -> tuple[str, ...]:
    """The revisions of the tables, the first one first."""
    scripts = ScriptDirectory(str(migrations))
    return tuple(reversed([each.revision for each in scripts.walk_revisions()]))


async def upgrade(database: Database, to: str = "head", migrations: Path = MIGRATIONS) -> None:
    """Check a database, and bring its tables to a revision. It has all of it, or nothing.

    ``migrations`` is the folder of the tables' migrations; without one, of the bot's.

    Raises:
        DatabaseUnusable: the database cannot be used; it was left as it is.
        SQLAlchemyError, OSError: while working with it.
    """
    known = frozenset(revisions(migrations))
    file = database.location.file
    if file is not None:
        await asyncio.to_thread(inspect_file, file, known)
        await asyncio.to_thread(make_private, file)
    where = str(database.location)
    await database.run(lambda connection: _upgrade(connection, where, known, to, migrations))


async def examine(database: Database) -> str | None:
    """The revision of the tables of a database that the bot could use; None where it has none
    yet. Nothing is changed.

    Raises:
        DatabaseUnusable: it cannot be used, or not be written to.
        SQLAlchemyError, OSError: while working with it.
    """
    known, file = frozenset(revisions()), database.location.file
    if file is not None:
        revision = await asyncio.to_thread(inspect_file, file, known)
        if revision is not None:
            await asyncio.to_thread(check_writable, file)
        return revision
    where = str(database.location)
    found: str | None = await database.run(lambda connection: _look(connection, where, known))
    return found


def _look(connection: Connection, where: str, known: frozenset[str]) -> str | None:
    tables = set(inspect(connection).get_table_names())
    revision = revision_of(connection) if VERSION_TABLE in tables else None
    check_revision(where, revision, known, tables)
    if connection.dialect.name == "postgresql":
        may = connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
        if not may or connection.scalar(text("SELECT pg_is_in_recovery()")):
            reason = "it is a standby" if may else "the user may not create tables there"
            raise DatabaseUnreachable(where, reason, SERVER_ADVICE)
    return revision


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables there; None without tables."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return heads[0] if heads else None


def _upgrade(
    connection: Connection, where: str, known: frozenset[str], to: str, migrations: Path
) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    tables = set(inspect(connection).get_table_names())
    revision = revision_of(connection) if VERSION_TABLE in tables else None
    check_revision(where, revision, known, tables)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    command.upgrade(config, to)
