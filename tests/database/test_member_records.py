"""What members chose, and everything about a member: listed, exported, deleted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from database.engine import open_engine
from database.errors import DatabaseError
from database.guild_settings import GuildSettings
from database.location import Location
from database.member_choices import NOT_HEARD, MemberChoice
from database.member_records import (
    KEPT_LEFT_OUT,
    KEPT_RULES,
    LISTS_OF_MEMBERS,
    Forgotten,
    as_json,
)
from database.personal import personal_columns
from database.setting_values import guild_settings_info
from database.store import GuildStore, open_store
from database.tables import Base
from database.transcripts import TranscriptLine

ALICE, BEN = 2**60 + 1, 2**60 + 2
GUILD, OTHER = 2**61 + 1, 2**61 + 2
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def line(member: int, words: str, at: datetime = NOW, agent: str | None = None) -> TranscriptLine:
    return TranscriptLine(at, member, "Alice" if member == ALICE else "Ben", words, agent)


async def test_a_choice_in_one_guild_holds_there_over_the_one_for_everywhere(
    location: Location,
) -> None:
    async with open_store(location) as store:
        store.members.choose(ALICE, hearing="left_out", transcript=False)
        await store.members.choose(ALICE, GUILD, hearing="agreed", follow=True)
    async with open_store(location) as store:
        assert store.members.of(GUILD, ALICE) == MemberChoice("agreed", True, False)
        assert store.members.of(OTHER, ALICE) == MemberChoice("left_out", None, False)
        assert store.members.of(OTHER, BEN) == MemberChoice()
        assert store.members.followed(GUILD) == {ALICE}
        assert store.members.followed(OTHER) == set()


async def test_the_last_word_for_everywhere_replaces_those_before(location: Location) -> None:
    async with open_store(location) as store:
        store.members.choose(ALICE, GUILD, hearing="agreed", follow=True)
        store.members.choose(BEN, GUILD, hearing="agreed")
        await store.members.choose(ALICE, hearing="left_out")
        assert store.members.of(GUILD, ALICE).hearing in NOT_HEARD
    async with open_store(location) as store:
        assert store.members.of(GUILD, ALICE) == MemberChoice("left_out", True)
        assert store.members.of(GUILD, BEN).hearing == "agreed"


async def filled(store: GuildStore) -> None:
    """Alice and Ben leave traces in every table."""
    store.settings.set(GUILD, "agent", "sage", by=ALICE)
    store.settings.set(GUILD, "allowed_users", [ALICE, BEN], by=BEN)
    store.members.choose(ALICE, GUILD, hearing="agreed", follow=True)
    store.members.choose(BEN, hearing="left_out", transcript=True)
    call = await store.transcripts.begin(GUILD, 10, 20)
    store.transcripts.add(call, line(ALICE, "What about my appointment?"))
    store.transcripts.add(call, line(ALICE, "It is at three, Alice.", agent="jarvis"))
    await store.transcripts.add(call, line(BEN, "Good morning."))


async def test_an_export_has_everything_about_a_member_and_nothing_of_others(
    location: Location,
) -> None:
    async with open_store(location) as store:
        await filled(store)
        exported = json.loads(as_json(await store.records.export(ALICE)))
    tables = exported["tables"]
    assert exported["member_id"] == str(ALICE)
    assert [row["words"] for row in tables["transcript_lines"]["rows"]] == [
        "What about my appointment?",
        "It is at three, Alice.",
    ]
    assert tables["member_choices"]["rows"][0]["guild_id"] == str(GUILD)
    assert tables["guild_settings"]["rows"][0]["value"] == "sage"
    assert tables["transcript_lines"]["about"]["words"]["what"] == "what was said"
    (named,) = exported["settings_that_name_the_member"]
    assert str(ALICE) in named["value"]
    assert "Good morning" not in str(exported)


async def test_a_forgotten_member_is_in_no_table_but_the_rules_of_a_server(
    location: Location,
) -> None:
    async with open_store(location) as store:
        await filled(store)
        done = await store.records.forget(ALICE)
        assert done.rows == {
            "member_choices": 1,
            "transcript_lines": 2,
            "guild_settings": 1,
            "setting_changes": 1,
        }
        assert (done.kept, done.guilds) == ((KEPT_RULES,), (GUILD,))
        assert store.members.of(GUILD, ALICE) == MemberChoice()
        chosen = store.settings.setting(GUILD, "agent").chosen
        assert chosen is not None
        assert (chosen.value, chosen.by) == ("sage", None)
        assert (await store.records.forget(ALICE)).rows == dict.fromkeys(done.rows, 0)
    assert await places_of_alice(location) == [
        ("guild_settings", "allowed_users"),
        ("setting_changes", "allowed_users"),
    ]


async def places_of_alice(location: Location) -> list[tuple[str, str]]:
    """The tables and names of rows with her id or name, whatever the column."""
    found = []
    async with open_engine(location) as database, database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = list(await session.execute(select(table)))
            named = (row for row in rows if str(ALICE) in str(row) or "Alice" in str(row))
            found += [(table.name, row._mapping["name"]) for row in named]
    return sorted(found)


async def test_a_member_who_is_left_out_stays_left_out(location: Location) -> None:
    """Otherwise the bot would begin to hear them."""
    async with open_store(location) as store:
        await filled(store)
        done = await store.records.forget(BEN)
        assert done.kept == (KEPT_LEFT_OUT, KEPT_RULES)
        assert store.members.of(GUILD, BEN).hearing in NOT_HEARD
    async with open_store(location) as store:
        assert store.members.of(GUILD, BEN) == MemberChoice("left_out")


def test_every_column_about_members_says_what_it_is_and_why() -> None:
    known = {(each.table, each.column) for each in personal_columns()}
    telling = {"member_id", "changed_by", "words"}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in telling:
                assert (table.name, column.name) in known
    for each in personal_columns():
        assert all((each.about.what, each.about.why, each.about.kept))


def test_every_setting_with_ids_of_members_is_known_to_the_export() -> None:
    names = {name for name in guild_settings_info() if name.endswith("_users")}
    assert names == set(LISTS_OF_MEMBERS)


async def test_without_a_database_there_are_no_records() -> None:
    store = GuildStore()
    for work in (store.records.export(1), store.transcripts.begin(1, 2)):
        with pytest.raises(DatabaseError, match="there is no database"):
            await work


async def test_without_a_database_what_is_in_memory_is_forgotten() -> None:
    store = GuildStore()
    store.members.choose(ALICE, GUILD, hearing="agreed", follow=True)
    assert await store.records.forget(ALICE) == Forgotten({}, ())
    assert store.members.of(GUILD, ALICE).follow is None
    store.members.choose(BEN, GUILD, hearing="left_out")
    assert (await store.records.forget(BEN)).kept == (KEPT_LEFT_OUT,)
    assert store.members.of(GUILD, BEN).hearing in NOT_HEARD


async def test_what_managers_leave_out_outlasts_the_members_own_choices(location: Location) -> None:
    async with open_store(location) as store:
        await store.members.exclude(ALICE, GUILD)
        await store.members.choose(ALICE, GUILD, hearing="agreed")
        await store.members.choose(ALICE, hearing="agreed", follow=True)
        await store.records.forget(ALICE)
        assert store.members.of(GUILD, ALICE).hearing in NOT_HEARD
        assert store.members.of(OTHER, ALICE).hearing not in NOT_HEARD
    async with open_store(location) as store:
        assert store.members.of(GUILD, ALICE) == MemberChoice("excluded")
        await store.members.readmit(ALICE, GUILD)
        assert store.members.of(GUILD, ALICE).hearing not in NOT_HEARD
        await store.members.choose(ALICE, GUILD, hearing="left_out")
        await store.members.exclude(ALICE, GUILD)
        await store.members.readmit(ALICE, GUILD)
        assert store.members.of(GUILD, ALICE).hearing == "left_out", "their own choice stays"


# -- transcripts -------------------------------------------------------------------------------


async def test_a_transcript_has_names_and_times_in_order(location: Location) -> None:
    async with open_store(location) as store:
        call = await store.transcripts.begin(GUILD, 10, 20)
        later = await store.transcripts.begin(GUILD, 11)
        await store.transcripts.begin(OTHER, 12)
        store.transcripts.add(call, line(BEN, "second", NOW + timedelta(seconds=2)))
        store.transcripts.add(call, line(ALICE, "first \0\ud83d", NOW))
        newest, first = await store.transcripts.of(GUILD)
        assert (newest.id, first.id, first.channel_id, first.thread_id) == (later, call, 10, 20)
        assert [each.words for each in first.lines] == ["first ?", "second"]
        assert first.lines[0] == line(ALICE, "first ?")
        assert await store.transcripts.of(OTHER, call) == []


async def test_a_deleted_transcript_takes_no_more_words(location: Location) -> None:
    async with open_store(location) as store:
        call, other = [await store.transcripts.begin(GUILD, 10) for _ in range(2)]
        store.transcripts.add(call, line(ALICE, "one"))
        assert await store.transcripts.delete(GUILD, call) == 1
        await store.transcripts.add(call, line(ALICE, "two"))
        assert [each.id for each in await store.transcripts.of(GUILD)] == [other]
        assert await store.transcripts.delete(GUILD) == 1
        assert (await store.records.export(ALICE))["tables"]["transcript_lines"]["rows"] == []


async def test_what_is_older_than_a_guild_keeps_it_is_deleted(location: Location) -> None:
    async with open_store(location, GuildSettings(transcript_retention_days=30)) as store:
        await store.settings.set(GUILD, "transcript_retention_days", 2, by=ALICE)
        now = datetime.now(UTC)
        calls = [await store.transcripts.begin(guild, 10) for guild in (GUILD, OTHER)]
        for call in calls:
            store.transcripts.add(call, line(ALICE, "old", now - timedelta(days=3)))
            await store.transcripts.add(call, line(ALICE, "new", now))
        await store.purge()
        (here,), (there,) = [await store.transcripts.of(guild) for guild in (GUILD, OTHER)]
        assert [each.words for each in here.lines] == ["new"]
        assert [each.words for each in there.lines] == ["old", "new"]
        assert len(await store.settings.history(GUILD)) == 1
        await store.purge(now + timedelta(days=400))
        assert await store.transcripts.of(GUILD) == await store.transcripts.of(OTHER) == []
        assert await store.settings.history(GUILD) == []
        assert store.settings.of(GUILD).transcript_retention_days == 2


async def test_a_member_deletes_their_lines_in_one_guild_alone(location: Location) -> None:
    async with open_store(location) as store:
        for guild in (GUILD, OTHER):
            call = await store.transcripts.begin(guild, 5)
            for member, agent in ((ALICE, None), (ALICE, "jarvis"), (BEN, None)):
                said = TranscriptLine(datetime.now(UTC), member, "Name", "words", agent)
                await store.transcripts.add(call, said)
        assert await store.transcripts.delete_lines_of(GUILD, ALICE) == 2
        assert await store.transcripts.delete_lines_of(GUILD, ALICE) == 0
        (here,) = await store.transcripts.of(GUILD)
        assert [each.member_id for each in here.lines] == [BEN]
        (there,) = await store.transcripts.of(OTHER)
        assert len(there.lines) == 3
