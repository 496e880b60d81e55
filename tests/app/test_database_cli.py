"""What ``run.py database`` prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.database_cli import run_database
from database.errors import DatabaseUnusable
from database.location import FILE, Location
from database.store import open_store
from database.upgrade import revisions
from settings import Settings
from state import FolderInUse, only_one

REVISION = revisions()[-1]


def settings_in(folder: Path) -> Settings:
    return Settings.model_validate({"openclaw": {"state_dir": folder}})


async def test_upgrade_makes_the_tables_and_check_finds_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in(tmp_path)
    assert await run_database(settings, "check") == 0
    assert await run_database(settings, "upgrade") == 0
    assert await run_database(settings, "check") == 0
    before, done, after = capsys.readouterr().out.splitlines()
    assert "the bot creates its tables at its start" in before
    assert done == f"{tmp_path / FILE}: revision {REVISION}"
    assert f"revision {REVISION}, can be written" in after


async def test_an_export_is_read_beside_a_running_bot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_store(Location(tmp_path / FILE)) as bot:
        await bot.members.choose(2**60, 1, follow=True)
        assert await run_database(settings_in(tmp_path), "export", 2**60) == 0
    exported = json.loads(capsys.readouterr().out)
    assert exported["tables"]["member_choices"]["rows"][0]["follow"] is True


async def test_an_export_needs_a_member(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--member"):
        await run_database(settings_in(tmp_path), "export")


async def test_what_cannot_be_used_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(tmp_path / FILE)
    assert await run_database(settings_in(tmp_path), "check") == 1
    assert "it is not an SQLite database" in capsys.readouterr().out
    with pytest.raises(DatabaseUnusable):
        await run_database(settings_in(tmp_path), "upgrade")


def spoil(file: Path) -> None:
    file.write_text("something else")


async def test_a_copy_is_made_beside_a_running_bot_and_put_back_without_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, copy = settings_in(tmp_path), tmp_path / "copy.db"
    async with open_store(Location(tmp_path / FILE)) as bot:
        await bot.members.choose(2**60, 1, follow=True)
        await bot.drain()
        with only_one(tmp_path):
            assert await run_database(settings, "backup", copy=copy) == 0
            with pytest.raises(FolderInUse, match="Stop it first"):
                await run_database(settings, "restore", copy=copy)
            with pytest.raises(DatabaseUnusable, match="there already"):
                await run_database(settings, "backup", copy=copy)
    assert await run_database(settings, "restore", copy=copy) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{copy}: a copy of {tmp_path / FILE}, revision {REVISION}"
    assert lines[1] == f"{tmp_path / FILE}: restored from {copy}"
    assert "before-restore" in lines[2]
