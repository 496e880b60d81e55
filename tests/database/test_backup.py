"""A copy beside a running bot has every change, and nothing is lost when it is put back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from database.backup import back_up, restore
from database.errors import DatabaseUnusable
from database.location import FILE, Location, located
from database.store import open_store
from database.upgrade import revisions

REVISION = revisions()[-1]


def size_of_log(location: Location) -> int:
    return Path(f"{location.file}-wal").stat().st_size


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_copy_of_an_open_database_has_what_is_only_in_its_log(tmp_path: Path) -> None:
    location, copy = Location(tmp_path / FILE), tmp_path / "copy.db"
    async with open_store(location) as bot:
        await bot.members.choose(7, 1, follow=True)
        await bot.drain()
        assert size_of_log(location) > 0, "the change is in the log"
        assert back_up(location, copy) == REVISION
        # The bot goes on: a later change is not in the copy.
        await bot.members.choose(8, 1, follow=True)
        await bot.drain()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    elsewhere = Location(tmp_path / "other" / FILE)
    assert restore(elsewhere, copy) is None
    async with open_store(elsewhere) as restored:
        assert restored.members.of(1, 7).follow is True
        assert restored.members.of(1, 8).follow is not True


async def test_a_restore_keeps_the_database_of_before(tmp_path: Path) -> None:
    location, copy = Location(tmp_path / FILE), tmp_path / "copy.db"
    async with open_store(location) as bot:
        await bot.members.choose(7, 1, follow=True)
        await bot.drain()
        back_up(location, copy)
        await bot.members.choose(8, 1, follow=True)
    replaced = restore(location, copy)
    assert replaced is not None
    async with open_store(location) as restored:
        assert restored.members.of(1, 8).follow is not True
    async with open_store(Location(replaced)) as before:
        assert before.members.of(1, 8).follow is True


async def test_a_copy_replaces_no_file(tmp_path: Path) -> None:
    location, copy = Location(tmp_path / FILE), tmp_path / "copy.db"
    copy.write_text("precious")
    async with open_store(location):
        with pytest.raises(FileExistsError):
            back_up(location, copy)
    assert copy.read_text() == "precious"


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all", b"SQLite format 3\0" + bytes(99)]
)
async def test_what_is_no_copy_replaces_nothing(tmp_path: Path, content: bytes) -> None:
    location, copy = Location(tmp_path / FILE), tmp_path / "copy.db"
    async with open_store(location) as bot:
        await bot.members.choose(7, 1, follow=True)
    copy.write_bytes(content)
    before = files(tmp_path)
    with pytest.raises(DatabaseUnusable, match=r"copy\.db"):
        restore(location, copy)
    assert files(tmp_path) == before
    async with open_store(location) as bot:
        assert bot.members.of(1, 7).follow is True


def test_a_server_has_its_own_tools(tmp_path: Path) -> None:
    location = located("postgresql://bot:secret@db/bot")
    for work in (back_up, restore):
        with pytest.raises(DatabaseUnusable, match="pg_dump") as caught:
            work(location, tmp_path / "copy.db")
        assert "secret" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="there is none"):
        back_up(Location(tmp_path / FILE), tmp_path / "copy.db")
