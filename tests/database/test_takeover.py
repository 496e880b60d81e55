"""The JSON files of earlier versions are imported once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from database import takeover
from database.guild_settings import GuildSettings
from database.location import Location
from database.running_calls import RunningCall
from database.store import GuildStore, open_store
from database.takeover import CALLS_FILE, CHOICES_FILE
from state import StateUnreadable

CHOICES = {"guilds": {"1": {"agent": "sage", "level": "high"}, "2": {"agent": None}}}
CALLS = {"guilds": {"1": {"channel_id": 10, "text_channel_id": 20}, "3": {"channel_id": 30}}}


def write(folder: Path, choices: object = CHOICES, calls: object = CALLS) -> None:
    folder.mkdir(exist_ok=True)
    (folder / CHOICES_FILE).write_text(json.dumps(choices))
    (folder / CALLS_FILE).write_text(json.dumps(calls))


def has_all(store: GuildStore) -> bool:
    one = store.settings.of(1)
    calls = {guild: store.calls.of(guild) for guild in store.calls.guilds()}
    return (one.agent, one.sensitivity) == ("sage", "high") and calls == {
        1: RunningCall(10, 20),
        3: RunningCall(30),
    }


def put_aside(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.glob(f"{CHOICES_FILE}.broken-*")]


async def test_both_files_are_imported_and_renamed(location: Location, tmp_path: Path) -> None:
    write(tmp_path / "old")
    async with open_store(location, take_over=tmp_path / "old") as store:
        assert has_all(store)
        assert store.settings.of(2) == GuildSettings()
        (change,) = [c for c in await store.settings.history(1) if c.name == "agent"]
        assert (change.old, change.new, change.by) == (None, "sage", None)
    names = sorted(each.name for each in (tmp_path / "old").iterdir())
    assert names == [f"{CHOICES_FILE}.imported", f"{CALLS_FILE}.imported"]
    async with open_store(location, take_over=tmp_path / "old") as store:
        assert has_all(store)


async def test_a_file_that_could_not_be_renamed_is_not_imported_again(
    location: Location, tmp_path: Path
) -> None:
    write(tmp_path)
    async with open_store(location, take_over=tmp_path) as store:
        await store.settings.reset(1)
    write(tmp_path)
    async with open_store(location, take_over=tmp_path) as store:
        assert store.settings.of(1) == GuildSettings()


async def test_what_the_database_has_is_newer_and_stays(location: Location, tmp_path: Path) -> None:
    async with open_store(location) as store:
        await store.settings.set(1, "agent", "max")
    write(tmp_path)
    async with open_store(location, take_over=tmp_path) as store:
        assert store.settings.of(1).agent == "max"
        assert store.settings.of(1).sensitivity == "high"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"guilds": {"x": {}}}', b"\xff"])
async def test_a_damaged_file_is_renamed_and_the_other_one_imported(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path)
    (tmp_path / CHOICES_FILE).write_bytes(content)
    async with open_store(Location(tmp_path / "bot.db"), take_over=tmp_path) as store:
        assert store.settings.of(1) == GuildSettings()
        assert store.calls.of(1) == RunningCall(10, 20)
    assert put_aside(tmp_path) == [content]
    assert "put aside" in caplog.text


async def test_a_choice_that_is_not_allowed_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, {"guilds": {"1": {"agent": "no such agent", "level": "high"}}})
    async with open_store(Location(tmp_path / "bot.db"), take_over=tmp_path) as store:
        assert store.settings.of(1) == GuildSettings(sensitivity="high")
    assert "is not taken over" in caplog.text


async def test_a_file_that_cannot_be_read_now_is_left_for_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise StateUnreadable("it cannot be read now", "too many open files", passing=True)

    write(tmp_path)
    location = Location(tmp_path / "bot.db")
    with monkeypatch.context() as here:
        here.setattr(takeover, "read_state", unreadable)
        async with open_store(location, take_over=tmp_path) as store:
            assert store.settings.of(1) == GuildSettings()
    assert "not taken over at this start" in caplog.text
    async with open_store(location, take_over=tmp_path) as store:
        assert has_all(store)
