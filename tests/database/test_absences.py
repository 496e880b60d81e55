"""Guilds that the bot is no longer in are named after a week, and those of an outage never."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from database.absences import ABSENT_DAYS
from database.location import Location
from database.running_calls import RunningCall
from database.store import GuildStore, open_store

BEGIN = datetime(2026, 11, 28, 12, tzinfo=UTC)
WEEK = timedelta(days=ABSENT_DAYS)
HERE, GONE, UNKNOWN = 2**61 + 1, 2**61 + 2, 2**61 + 3
MEMBER = 2**60 + 1


def is_here(guild_id: int) -> bool | None:
    return {HERE: True, GONE: False}.get(guild_id)


async def look(store: GuildStore, at: datetime) -> list[int]:
    return await store.absences.look(is_here, at)


async def test_a_guild_is_named_a_week_after_it_was_first_missed(
    location: Location, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_store(location) as store:
        for guild_id in (HERE, GONE, UNKNOWN):
            await store.settings.set(guild_id, "agent", "sage")
        with caplog.at_level(logging.WARNING):
            assert await look(store, BEGIN) == []
        assert str(GONE) in caplog.text
        assert str(HERE) not in caplog.text
        assert str(UNKNOWN) not in caplog.text
    async with open_store(location) as store:
        assert await look(store, BEGIN + WEEK - timedelta(minutes=1)) == []
        assert await look(store, BEGIN + WEEK) == [GONE]


async def test_a_guild_that_is_back_has_a_week_again(location: Location) -> None:
    async with open_store(location) as store:
        await store.settings.set(GONE, "agent", "sage")
        await look(store, BEGIN)
        assert await store.absences.look(lambda _: True, BEGIN + WEEK) == []
        assert await look(store, BEGIN + 2 * WEEK) == []
        assert await look(store, BEGIN + 3 * WEEK) == [GONE]


async def test_a_guild_on_a_shard_without_a_session_is_not_named(location: Location) -> None:
    async with open_store(location) as store:
        await store.settings.set(GONE, "agent", "sage")
        await look(store, BEGIN)
        assert await store.absences.look(lambda _: None, BEGIN + WEEK) == []
        assert await look(store, BEGIN + WEEK) == [GONE], "the week goes on"


async def test_what_is_stored_of_a_guild_in_any_table_counts(location: Location) -> None:
    async with open_store(location) as store:
        store.calls.add(1, RunningCall(10))
        await store.transcripts.begin(2, 10)
        await store.members.choose(MEMBER, 3, hearing="agreed")
        await store.members.choose(MEMBER, 4, follow=True)
        await store.settings.set(5, "agent", "sage")
        await store.settings.reset(5)  # its history is left
        await store.members.choose(MEMBER, 6, hearing="left_out")
        await store.members.choose(MEMBER, follow=True)
        gone = lambda _: False  # noqa: E731
        assert await store.absences.look(gone, BEGIN) == []
        assert await store.absences.look(gone, BEGIN + WEEK) == [1, 2, 3, 4, 5]
        for guild_id in (1, 2, 3, 4, 5):
            await store.forget_guild(guild_id)
        assert await store.absences.look(gone, BEGIN + 3 * WEEK) == []
        assert store.members.of(6, MEMBER).hearing == "left_out"
        await store.settings.set(1, "agent", "sage")
        assert await store.absences.look(gone, BEGIN + 3 * WEEK) == [], "a week from now on"


async def test_without_a_database_no_guild_is_named() -> None:
    store = GuildStore()
    store.settings.set(GONE, "agent", "sage")
    assert await look(store, BEGIN) == []
