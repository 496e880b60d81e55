"""Changes are written in order; one that cannot be written applies, and says that it will end."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from database import engine, writer
from database.errors import ChangeNotKept
from database.location import Location
from database.store import GuildStore, open_store


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes, and does not end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_a_change_waits_until_another_program_has_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.02)
    location = Location(tmp_path / "bot.db")
    async with open_store(location) as store:
        await store.drain()
        with locked(tmp_path / "bot.db"):
            kept = store.settings.set(1, "agent", "sage")
            last = store.settings.set(1, "agent", "max")
            assert store.settings.of(1).agent == "max"
            while "could not be written" not in caplog.text:
                assert store.busy
                await asyncio.sleep(0.01)
        await kept
        await last
    async with open_store(location) as store:
        assert store.settings.of(1).agent == "max"


async def test_a_change_that_cannot_be_written_applies_and_says_that_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.02)
    monkeypatch.setattr(writer, "_TRIES_S", 0.0)
    location = Location(tmp_path / "bot.db")
    async with open_store(location) as store:
        await store.drain()
        with locked(tmp_path / "bot.db"), caplog.at_level(logging.WARNING):
            store.settings.set(1, "agent", "max")
            with pytest.raises(ChangeNotKept, match="locked"):
                await store.settings.set(1, "agent", "sage")
        assert store.settings.of(1).agent == "sage"
        assert str(tmp_path / "bot.db") in caplog.text
        await store.settings.set(1, "volume_db", -3)
    async with open_store(location) as store:
        assert store.settings.of(1).agent == "jarvis"
        assert store.settings.of(1).volume_db == -3


async def test_what_is_queued_at_the_end_is_written(tmp_path: Path) -> None:
    location = Location(tmp_path / "bot.db")
    async with open_store(location) as store:
        for guild in range(1, 20):
            store.settings.set(guild, "agent", "sage")
    with pytest.raises(RuntimeError, match="closed"):
        store.settings.set(1, "agent", "max")
    async with open_store(location) as store:
        assert all(store.settings.of(guild).agent == "sage" for guild in range(1, 20))


async def test_without_a_database_a_change_is_done_at_once() -> None:
    store = GuildStore()
    await store.settings.set(1, "agent", "sage")
    await store.start()
    assert not store.busy
    assert await store.settings.history(1) == []
    assert not await store.refresh()
    await store.aclose()
