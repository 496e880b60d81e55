"""The doctor says whether the database can be used, and changes nothing in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.doctor.check_database import check_database
from app.doctor.findings import Grade
from database.engine import open_engine
from database.location import FILE, Location
from database.upgrade import revisions, upgrade
from settings import Settings
from testing.ports import closed_port


def settings_with(folder: Path, **database: Any) -> Settings:
    return Settings.model_validate({"openclaw": {"state_dir": folder}, "database": database})


async def test_a_database_that_is_not_there_yet_is_fine_and_stays_away(tmp_path: Path) -> None:
    found = await check_database(settings_with(tmp_path))
    assert found.grade is Grade.OK
    assert found.words == f"{tmp_path / FILE}: the bot creates its tables at its start"
    assert not has_database(tmp_path)


def has_database(folder: Path) -> bool:
    return (folder / FILE).exists()


@pytest.mark.parametrize("revision", revisions())
async def test_it_says_the_revision(tmp_path: Path, revision: str) -> None:
    async with open_engine(Location(tmp_path / FILE)) as database:
        await upgrade(database, revision)
    found = await check_database(settings_with(tmp_path))
    assert found.grade is Grade.OK
    assert f"revision {revision}" in found.words
    assert ("brings it to" in found.words) is (revision != revisions()[-1])


async def test_a_damaged_one_is_a_failure_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path / FILE)
    found = await check_database(settings_with(tmp_path))
    assert found.grade is Grade.FAIL
    assert found.words == f"{tmp_path / FILE}: it is not an SQLite database"
    assert "backup" in found.advice


def write(file: Path) -> None:
    file.write_text("something else")


async def test_one_that_keeps_nothing_is_a_warning(tmp_path: Path) -> None:
    found = await check_database(settings_with(tmp_path, url="sqlite://"))
    assert found.grade is Grade.WARN


async def test_a_server_out_of_reach_is_named_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://bot:hunter2@127.0.0.1:{closed_port()}/voice"
    found = await check_database(settings_with(tmp_path, url=url))
    assert found.grade is Grade.FAIL
    assert "postgresql://bot@127.0.0.1" in found.words
    assert "hunter2" not in str(found)
