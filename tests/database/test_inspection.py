"""A database that the bot cannot use is refused with the reason, and left byte for byte."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from database import inspection
from database.engine import open_engine
from database.errors import (
    DatabaseDamaged,
    DatabaseForeign,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseUnreachable,
    DatabaseUnusable,
)
from database.inspection import check_writable, inspect_file
from database.location import Location
from database.store import open_store
from database.upgrade import revisions

KNOWN = frozenset(revisions())


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A closed database with settings on many pages."""
    file = tmp_path_factory.mktemp("content") / "bot.db"

    async def fill() -> None:
        async with open_store(Location(file)) as store:
            for guild in range(1, 30):
                store.settings.set(guild, "voices", {f"agent{n}": "x" * 100 for n in range(25)})

    asyncio.run(fill())
    return file.read_bytes()


@pytest.fixture
def file(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "bot.db"
    file.write_bytes(content)
    return file


def bytes_of(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


async def refused(file: Path) -> DatabaseUnusable:
    """The refusal of a file, which is left as it is."""
    before = bytes_of(file)
    with pytest.raises(DatabaseUnusable) as caught:
        async with open_store(Location(file)):
            pass
    assert bytes_of(file) == before
    assert str(file) in str(caught.value)
    assert caught.value.advice in str(caught.value)
    return caught.value


async def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    file.write_text('{"guilds": {}}')
    error = await refused(file)
    assert isinstance(error, DatabaseDamaged)
    assert error.reason == "it is not an SQLite database"


async def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    file.mkdir()
    assert (await refused(file)).reason == "it is a folder"


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def wiped(content: bytes) -> bytes:
    return content[:4096] + bytes(len(content) - 4096)


def garbled(content: bytes) -> bytes:
    middle = len(content) // 4096 // 2 * 4096
    return content[:middle] + os.urandom(4096) + content[middle + 4096 :]


@pytest.fixture(params=[cut, wiped, garbled])
def damaged(request: pytest.FixtureRequest, file: Path, content: bytes) -> Path:
    damage: Callable[[bytes], bytes] = request.param
    file.write_bytes(damage(content))
    return file


async def test_damage_inside_is_found_and_refused(damaged: Path) -> None:
    error = await refused(damaged)
    assert isinstance(error, DatabaseDamaged)
    assert "backup" in error.advice


async def test_a_newer_database_is_refused(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    error = await refused(file)
    assert isinstance(error, DatabaseNewer)
    assert "revision 9999" in error.reason
    assert "Update the bot" in error.advice


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    error = await refused(file)
    assert isinstance(error, DatabaseForeign)
    assert "recipes" in error.reason


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program has the database to itself."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


async def test_a_database_that_another_program_holds_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "BUSY_TIMEOUT_S", 0.05)
    with held(file):
        error = await refused(file)
        with pytest.raises(DatabaseLocked):
            check_writable(file)
    assert isinstance(error, DatabaseLocked)
    assert "stop that one" in error.advice


async def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    error = await refused(tmp_path / "state" / "bot.db")
    assert isinstance(error, DatabaseUnreachable)
    assert "openclaw.state_dir" in error.advice


WITHOUT_RIGHTS = """
import os, sys
from pathlib import Path
from database.errors import DatabaseUnreachable
from database.inspection import inspect_file
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for folder in sys.argv[1:]:
    try:
        inspect_file(Path(folder) / "bot.db", frozenset())
    except DatabaseUnreachable as error:
        print(error)
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs another user")
def test_a_folder_without_rights_is_refused() -> None:
    """As a user without rights; root would read and write everything."""
    with TemporaryDirectory() as above:
        os.chmod(above, 0o755)
        folders = [Path(above) / name for name in ("closed", "of-root", "read-only")]
        for folder, mode in zip(folders, (0o000, 0o700, 0o555), strict=True):
            folder.mkdir()
            folder.chmod(mode)
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_RIGHTS, *map(str, folders)],
            capture_output=True, text=True, timeout=60, check=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    told = done.stdout.splitlines()
    assert len(told) == 3
    for line, folder in zip(told, folders, strict=True):
        assert "Permission denied" in line
        assert str(folder / "bot.db") in line
        assert "openclaw.state_dir" in line


def test_without_a_file_there_is_no_revision_and_nothing_is_created(tmp_path: Path) -> None:
    assert inspect_file(tmp_path / "state" / "bot.db", KNOWN) is None
    assert list(tmp_path.rglob("*.db*")) == []


def test_looking_at_a_good_database_changes_nothing(file: Path, content: bytes) -> None:
    assert inspect_file(file, KNOWN) == revisions()[-1]
    check_writable(file)
    assert file.read_bytes() == content


async def test_sqlite_is_opened_with_its_log_and_foreign_keys(tmp_path: Path) -> None:
    async with open_engine(Location(tmp_path / "bot.db")) as database, database.reading() as here:
        found = [
            await here.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    assert found == ["wal", 1, 2, 5000]


async def test_a_newer_postgres_database_is_refused(postgres: Location) -> None:
    async with open_store(postgres):
        pass
    async with open_engine(postgres) as database, database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(DatabaseNewer, match="revision 9999"):
            async with open_store(postgres):
                pass
    finally:
        async with open_engine(postgres) as database, database.writing() as session:
            version = text("UPDATE alembic_version SET version_num = :last")
            await session.execute(version, {"last": revisions()[-1]})


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
async def test_no_other_user_can_read_what_members_said(
    tmp_path: Path, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fresh = tmp_path / "fresh.db"
    os.chmod(file, 0o644)
    for each in (fresh, file):
        async with open_store(Location(each)) as store:
            await store.settings.set(1, "agent", "sage")
            assert rights(each) == {0o600}
    assert f"could read {file}" in caplog.text
    assert str(fresh) not in caplog.text


def rights(file: Path) -> set[int]:
    """The rights of the database and of the files beside it."""
    return {each.stat().st_mode & 0o777 for each in file.parent.glob(f"{file.name}*")}
