"""What guilds choose is there at once, and after a restart."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from database.engine import open_engine
from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.location import Location
from database.member_choices import NOT_HEARD
from database.running_calls import RunningCall
from database.setting_store import SettingsChanged
from database.store import GuildStore, open_store
from database.tables import GuildSettingRow

ALICE, BEN = 2**60 + 1, 2**60 + 2
GUILD, OTHER = 2**61 + 1, 2**61 + 2


async def test_a_guild_that_chose_nothing_has_the_operators_defaults(location: Location) -> None:
    async with open_store(location, GuildSettings(agent="max", volume_db=-3)) as store:
        assert store.settings.of(GUILD) == GuildSettings(agent="max", volume_db=-3)
        assert store.settings.setting(GUILD, "agent").chosen is None


async def test_what_a_guild_chooses_holds_at_once_and_after_a_restart(location: Location) -> None:
    async with open_store(location) as store:
        kept = store.settings.set(GUILD, "agent", "sage", by=ALICE)
        assert store.settings.of(GUILD).agent == "sage"
        await kept
        await store.settings.set(GUILD, "move_users", [BEN, ALICE], by=ALICE)
        await store.settings.set(GUILD, "voices", {"jarvis": "kokoro:af_heart"})
    async with open_store(location, GuildSettings(agent="max", sensitivity="low")) as store:
        settings = store.settings.of(GUILD)
        assert (settings.agent, settings.sensitivity) == ("sage", "low")
        assert settings.move_users == (BEN, ALICE)
        assert settings.voices == {"jarvis": "kokoro:af_heart"}
        assert store.settings.of(OTHER).agent == "max"
        chosen = store.settings.setting(GUILD, "agent").chosen
        assert chosen is not None
        assert chosen.by == ALICE
        assert datetime.now(UTC) - chosen.at < timedelta(minutes=5)


async def test_a_reset_has_the_default_again(location: Location) -> None:
    async with open_store(location) as store:
        await store.settings.set(GUILD, "agent", "sage")
        await store.settings.set(GUILD, "eager", "off")
        await store.settings.set(GUILD, "notice_spoken", False)
        await store.settings.reset(GUILD, "agent", by=BEN)
        assert store.settings.of(GUILD).agent == "jarvis"
        await store.settings.reset(GUILD)
        assert store.settings.of(GUILD) == GuildSettings()
        await store.settings.reset(OTHER)
    async with open_store(location) as store:
        assert store.settings.of(GUILD) == GuildSettings()


async def test_the_history_says_who_changed_what(location: Location) -> None:
    async with open_store(location) as store:
        store.settings.set(GUILD, "volume_db", -6, by=ALICE)
        store.settings.set(GUILD, "volume_db", 2.5, by=BEN)
        store.settings.set(GUILD, "volume_db", 2.5, by=ALICE)
        store.settings.set(OTHER, "agent", "sage")
        store.settings.reset(GUILD, by=ALICE)
        history = await store.settings.history(GUILD)
    assert [(each.name, each.old, each.new, each.by) for each in history] == [
        ("volume_db", 2.5, None, ALICE),
        ("volume_db", -6, 2.5, BEN),
        ("volume_db", None, -6, ALICE),
    ]


async def test_a_wrong_value_changes_nothing_and_says_what_is_allowed(location: Location) -> None:
    async with open_store(location) as store:
        with pytest.raises(InvalidSetting, match="a number from -24 to 8"):
            store.settings.set(GUILD, "volume_db", 99)
        with pytest.raises(InvalidSetting, match="did you mean volume_db"):
            store.settings.set(GUILD, "volume", 1)
        with pytest.raises(InvalidSetting):
            store.settings.reset(GUILD, "volume_db", "nothing")
        assert store.settings.of(GUILD) == GuildSettings()


async def test_those_who_subscribed_hear_of_each_change_once() -> None:
    store, seen = GuildStore(), list[SettingsChanged]()
    end = store.settings.on_change(seen.append)
    store.settings.on_change(seen.append, OTHER)
    store.settings.set(GUILD, "agent", "sage", by=ALICE)
    store.settings.set(GUILD, "agent", "sage", by=BEN)
    store.settings.set(GUILD, "eager", "careful")
    (change,) = seen
    assert (change.guild_id, change.names, change.by) == (GUILD, frozenset({"agent"}), ALICE)
    assert (change.old.agent, change.new.agent) == ("jarvis", "sage")
    store.settings.set(OTHER, "agent", "sage")
    assert len(seen) == 3
    end()
    end()
    store.settings.reset(GUILD)
    store.settings.reset(OTHER)
    assert len(seen) == 4


async def test_other_defaults_hold_where_a_guild_has_not_chosen() -> None:
    store = GuildStore()
    seen: list[SettingsChanged] = []
    await store.settings.set(GUILD, "agent", "sage")
    store.settings.on_change(seen.append, GUILD)
    defaults = store.settings.defaults.model_copy(update={"agent": "atlas", "sensitivity": "high"})
    store.settings.replace_defaults(defaults)
    assert (store.settings.of(GUILD).agent, store.settings.of(OTHER).agent) == ("sage", "atlas")
    assert store.settings.of(GUILD).sensitivity == "high"
    assert [change.names for change in seen] == [frozenset({"sensitivity"})]


async def test_a_listener_that_fails_stops_neither_the_change_nor_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, seen = GuildStore(), list[SettingsChanged]()
    store.settings.on_change(lambda change: 1 / 0)  # type: ignore[arg-type]
    store.settings.on_change(seen.append)
    await store.settings.set(GUILD, "agent", "sage")
    assert store.settings.of(GUILD).agent == "sage"
    assert len(seen) == 1
    assert "was not applied" in caplog.text


async def test_running_calls_survive_a_restart_and_ended_ones_do_not(location: Location) -> None:
    async with open_store(location) as store:
        store.calls.add(GUILD, RunningCall(10, 20))
        store.calls.add(GUILD, RunningCall(11, 20))
        store.calls.add(OTHER, RunningCall(30))
        assert store.calls.remove(OTHER)
        assert not store.calls.remove(OTHER)
    async with open_store(location) as store:
        assert store.calls.guilds() == [GUILD]
        assert store.calls.of(GUILD) == RunningCall(11, 20)


async def test_a_guild_that_was_left_is_forgotten_but_for_who_is_left_out(
    location: Location,
) -> None:
    async with open_store(location) as store:
        store.settings.set(GUILD, "agent", "sage")
        store.settings.set(OTHER, "agent", "sage")
        store.calls.add(GUILD, RunningCall(10))
        store.members.choose(ALICE, GUILD, hearing="left_out", follow=True)
        store.members.choose(BEN, GUILD, hearing="agreed", follow=True)
        call = await store.transcripts.begin(GUILD, 10)
        assert call
        await store.forget_guild(GUILD)
        assert store.members.followed(GUILD) == set()
    async with open_store(location) as store:
        assert store.settings.of(GUILD).agent == "jarvis"
        assert store.settings.of(OTHER).agent == "sage"
        assert store.calls.guilds() == []
        assert store.members.of(GUILD, ALICE).hearing == "left_out"
        assert store.members.of(GUILD, ALICE).follow is None
        assert store.members.of(GUILD, BEN).hearing is None
        assert await store.transcripts.of(GUILD) == []
        assert await store.settings.history(GUILD) == []


async def test_a_setting_of_another_version_is_ignored_and_stays(
    location: Location, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_store(location) as store:
        await store.settings.set(GUILD, "volume_db", 3)
        await store.settings.set(GUILD, "agent", "sage")
    async with open_engine(location) as database, database.writing() as session:
        rows = update(GuildSettingRow).where(GuildSettingRow.name == "volume_db")
        await session.execute(rows.values(name="brightness"))
    with caplog.at_level(logging.WARNING):
        async with open_store(location) as store:
            assert store.settings.of(GUILD) == GuildSettings(agent="sage")
    assert "there is no setting “brightness”" in caplog.text
    async with open_engine(location) as database, database.reading() as session:
        assert await session.get(GuildSettingRow, (GUILD, "brightness"))


async def test_two_processes_keep_their_own_guilds_in_one_database(location: Location) -> None:
    async with open_store(location) as one, open_store(location) as two:
        for number in range(10):
            one.settings.set(GUILD, "volume_db", -number)
            two.settings.set(OTHER, "volume_db", number / 2)
        await one.drain()
        await two.drain()
        one.members.choose(ALICE, hearing="left_out")
        await one.drain()
        assert two.members.of(OTHER, ALICE).hearing not in NOT_HEARD
        assert await two.refresh()
        assert two.members.of(OTHER, ALICE).hearing in NOT_HEARD
        assert not await two.refresh()
        assert two.settings.of(OTHER).volume_db == 4.5
    async with open_store(location) as store:
        assert store.settings.of(GUILD).volume_db == -9
        assert store.settings.of(OTHER).volume_db == 4.5
