"""The tables of every earlier version become this version's, with what is in them."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from database.engine import open_engine
from database.location import Location
from database.member_choices import NOT_HEARD
from database.store import open_store
from database.tables import Base
from database.upgrade import revision_of, revisions, upgrade

ROWS = {
    "0001": (
        "INSERT INTO guild_settings VALUES (5, 'agent', '\"sage\"', '2026-01-02 03:04:05', 7)",
        "INSERT INTO running_calls VALUES (5, 10, 20, '2026-01-02 03:04:05')",
        "INSERT INTO member_choices VALUES (7, 5, 'left_out', NULL, NULL, '2026-01-02 03:04:05')",
    ),
    "0002": (
        "INSERT INTO transcripts VALUES (3, 5, 10, 30, '2026-01-02 03:04:05')",
        "INSERT INTO transcript_lines VALUES (1, 3, '2026-01-02 03:04:06', 7, NULL, 'Ann', 'Hi.')",
    ),
    "0003": (),
}
"""What each revision adds: rows as a bot of that version wrote them."""


def test_every_revision_is_tried() -> None:
    assert tuple(ROWS) == revisions()


@pytest.mark.parametrize("revision", revisions())
async def test_a_database_of_each_revision_is_taken_on(location: Location, revision: str) -> None:
    async with open_engine(location) as database:
        await upgrade(database, revision)
        assert await database.run(revision_of) == revision
        async with database.writing() as session:
            for each in revisions()[: revisions().index(revision) + 1]:
                for row in ROWS[each]:
                    await session.execute(text(row))
    async with open_store(location) as store:
        assert store.settings.of(5).agent == "sage"
        assert store.calls.guilds() == [5]
        assert store.members.of(5, 7).hearing in NOT_HEARD
        if revision >= "0002":
            (kept,) = await store.transcripts.of(5)
            assert [line.words for line in kept.lines] == ["Hi."]
            assert (kept.thread_id, kept.lines[0].member_id) == (30, 7)
        made = await store.transcripts.begin(5, 10)
        assert made > 0
        await store.transcripts.delete(5)
        assert await store.transcripts.of(5) == []
        assert await store.transcripts.begin(5, 10) > made, "no id is used again"


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_migrations_make_the_tables_of_the_code(location: Location) -> None:
    async with open_engine(location) as database:
        await upgrade(database)
        assert await database.run(_differences) == []
        await upgrade(database)


async def test_an_upgrade_that_fails_leaves_nothing_of_it(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_engine(location) as database:
        await upgrade(database, "0001")
        async with database.writing() as session:
            # The second revision wants to make this one.
            await session.execute(text("CREATE TABLE transcript_lines (id INTEGER)"))
        with pytest.raises(Exception, match="transcript_lines"):
            await upgrade(database)
        assert await database.run(revision_of) == "0001"
        async with database.reading() as session:
            with pytest.raises(Exception, match="transcripts"):
                await session.execute(text("SELECT * FROM transcripts"))
