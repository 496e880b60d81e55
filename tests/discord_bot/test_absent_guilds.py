"""What is stored of guilds that the bot was removed from while it was not running."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from database.absences import ABSENT_DAYS, Absences
from database.location import Location
from database.store import GuildStore, open_store
from discord_bot.absent_guilds import LOOK_EVERY_S, AbsentGuilds
from testing.calls import Calls, calls
from testing.waiting import eventually

GONE = 2**61 + 7


async def looked(c: Calls) -> None:
    """Wait until the bot has looked, beginning now."""
    absent = c.bot._absent
    absent._woken.set()
    await eventually(lambda: not absent._woken.is_set())
    await absent.look()


async def first_missed(store: GuildStore, days_ago: float) -> None:
    """Have the guild be missing for so long."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    await store.absences.look(lambda guild_id: guild_id != GONE, at)


async def test_it_is_forgotten_after_a_week_and_others_stay(tmp_path: Path) -> None:
    async with open_store(Location(tmp_path / "bot.db")) as store:
        async with calls(dave=False, store=store) as c:
            await store.settings.set(c.guild.id, "agent", "sage")
            await store.settings.set(GONE, "agent", "sage")
            await looked(c)
            assert store.settings.of(GONE).agent == "sage", "missed for the first time"
            here = c.guild.id
        await store.forget_guild(here)  # each simulated Discord has other ids
        await store.forget_guild(GONE)
        await store.settings.set(GONE, "agent", "sage")
        await first_missed(store, ABSENT_DAYS + 1)
        async with calls(dave=False, store=store) as c:
            await store.settings.set(c.guild.id, "agent", "sage")
            await eventually(lambda: c.removed_guilds == [GONE])
            assert store.settings.of(GONE).agent == "jarvis"
            await looked(c)
            assert store.settings.of(c.guild.id).agent == "sage"
            assert c.removed_guilds == [GONE]


async def test_a_guild_with_an_outage_is_not_gone(tmp_path: Path) -> None:
    async with (
        open_store(Location(tmp_path / "bot.db")) as store,
        calls(dave=False, store=store) as c,
    ):
        await store.settings.set(c.guild.id, "agent", "sage")
        c.sim.faults.guild_outage = True
        c.sim.drop_gateway(resumable=False)
        await c.until(lambda: is_unavailable(c))
        await looked(c)
        later = datetime.now(UTC) + timedelta(days=2 * ABSENT_DAYS)
        assert await store.absences.look(lambda _: False, later) == [], "it has no mark"


def is_unavailable(c: Calls) -> bool:
    guild = c.bot.get_guild(c.guild.id)
    return guild is not None and guild.unavailable and 0 in c.bot._absent._ready


class Shards:
    """Two shards whose guilds a test lists."""

    def __init__(self, absences: Absences) -> None:
        self.listed: set[int] = set()
        self.forgotten: list[int] = []
        self.absent = AbsentGuilds(
            absences,
            is_listed=lambda guild_id: guild_id in self.listed,
            shard_of=lambda guild_id: guild_id % 2,
            forget=self._forget,
        )

    async def _forget(self, guild_id: int) -> None:
        self.forgotten.append(guild_id)


async def test_only_a_shard_with_a_session_says_who_is_gone(tmp_path: Path) -> None:
    async with open_store(Location(tmp_path / "bot.db")) as store:
        for guild_id in (10, 11):
            await store.settings.set(guild_id, "agent", "sage")
        long_ago = datetime.now(UTC) - timedelta(days=ABSENT_DAYS + 1)
        await store.absences.look(lambda _: False, long_ago)
        shards = Shards(store.absences)
        await shards.absent.look()
        assert shards.forgotten == []
        shards.absent.shard_ready(1)
        await shards.absent.look()
        assert shards.forgotten == [11]
        shards.absent.shard_away(1)
        shards.absent.shard_ready(0)
        await shards.absent.look()
        assert shards.forgotten == [11, 10]


class Told(Absences):
    """Names one guild at each look, after which ``then`` is called."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.then = then
        self.looks = 0

    async def look(
        self, is_here: Callable[[int], bool | None], now: datetime | None = None
    ) -> list[int]:
        self.looks += 1
        self.then()
        return [10]


async def test_a_shard_that_goes_away_meanwhile_says_nothing() -> None:
    shards = Shards(Told(lambda: shards.absent.shard_away(0)))
    shards.absent.shard_ready(0)
    await shards.absent.look()
    assert shards.forgotten == []


@pytest.mark.virtual_time
async def test_it_looks_again_every_hour_without_a_new_session() -> None:
    absences = Told(lambda: None)
    shards = Shards(absences)
    shards.absent.start()
    await asyncio.sleep(LOOK_EVERY_S - 1)
    assert absences.looks == 0
    shards.absent.shard_ready(0)
    await asyncio.sleep(1)
    assert absences.looks == 1
    await asyncio.sleep(2 * LOOK_EVERY_S)
    assert absences.looks == 3
    assert shards.forgotten == [10] * 3
    await shards.absent.aclose()
