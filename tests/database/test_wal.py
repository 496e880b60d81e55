"""The change of a new SQLite database to WAL, which SQLite refuses while another one does it."""

from __future__ import annotations

import sqlite3

import pytest

from database import engine

pytestmark = pytest.mark.virtual_time


class Refusing:
    """A connection that refuses each statement some times with these words."""

    def __init__(self, words: str, times: int) -> None:
        self.words = words
        self.left = times

    async def execute(self, _: str) -> None:
        if self.left > 0:
            self.left -= 1
            raise sqlite3.OperationalError(self.words)


async def test_a_locked_database_is_tried_again() -> None:
    connection = Refusing("database is locked", 3)
    await engine.use_wal(connection)
    assert connection.left == 0


async def test_a_database_that_stays_locked_is_given_up() -> None:
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await engine.use_wal(Refusing("database is locked", 10_000))


async def test_another_refusal_is_not_tried_again() -> None:
    connection = Refusing("disk I/O error", 2)
    with pytest.raises(sqlite3.OperationalError, match="disk"):
        await engine.use_wal(connection)
    assert connection.left == 1
