"""Each test of the store runs on SQLite, and on PostgreSQL where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, text

from database.engine import open_engine
from database.location import Location
from tests.database.databases import postgres_programs, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Location]:
    """A PostgreSQL server for all tests of this process."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """An empty database."""
    if request.param == "sqlite":
        return Location(tmp_path / "state" / "openclaw-voice.db")
    server: Location = request.getfixturevalue("postgres")
    async with open_engine(server) as database:
        await database.run(lambda connection: _empty(connection))
    return server


def _empty(connection: object) -> None:
    from sqlalchemy import Connection

    assert isinstance(connection, Connection)
    everything = MetaData()
    everything.reflect(connection)
    for table in everything.tables.values():
        connection.execute(text(f'DROP TABLE "{table.name}" CASCADE'))
