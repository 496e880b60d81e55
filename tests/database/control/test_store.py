"""The store of the control plane, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from configuration.desired.errors import (
    CipherUnusable,
    NameUnusable,
    StaleVersion,
    UnknownBot,
    UnknownVersion,
)
from database.control.cipher import ConfigCipher, add_key, keep_newest_key, keys_in, new_key
from database.control.store import MIGRATIONS, open_control_store
from database.control.tables import ControlBase
from database.engine import open_engine
from database.errors import DatabaseNewer
from database.location import Location
from database.store import open_store
from database.upgrade import upgrade

SECRET = {"discord": {"token": "swordfish-7f3a"}}
GERMAN = {"pipeline": {"stt": {"language": "de"}}}


@pytest.fixture
def cipher() -> ConfigCipher:
    keys = [new_key()]
    return ConfigCipher(lambda: keys)


async def test_the_migrations_make_these_tables(location: Location) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), ControlBase.metadata))

    async with open_engine(location) as database:
        await upgrade(database, migrations=MIGRATIONS)
        assert await database.run(differences) == []


async def test_what_is_stored_is_there_after_a_restart(
    location: Location, cipher: ConfigCipher
) -> None:
    async with open_control_store(location, cipher) as store:
        token = await store.add_bot("box1")
        await store.put("box1", SECRET, by="ann", note="first")
        second = await store.put("box1", GERMAN, by="bob", if_hash=None)
        await store.acknowledge("box1", 2, second.hash, "applied")
    async with open_control_store(location, cipher) as store:
        holder = await store.tokens.holder(token)
        assert holder is not None
        assert (holder.kind, holder.bot_id) == ("bot", "box1")
        first = await store.version("box1", 1)
        assert (first.document, first.record.note) == (SECRET, "first")
        newest, *_ = await store.versions("box1")
        assert (newest.made_by, newest.outcome) == ("bob", "applied")
        assert newest.paths == ("discord", "pipeline")
        with pytest.raises(StaleVersion, match="version 2"):
            await store.put("box1", SECRET, by="ann", if_hash=first.record.hash)
        await store.remove_bot("box1")
        assert await store.bots() == []
        assert await store.tokens.holder(token) is None


async def test_secrets_are_encrypted_on_the_disk(tmp_path: Path, cipher: ConfigCipher) -> None:
    file = tmp_path / "control.db"
    async with open_control_store(Location(file), cipher) as store:
        token = await store.add_bot("box1")
        operator = await store.tokens.add_person("operator", "ann")
        await store.put("box1", SECRET, by="ann")
    content = b"".join(each.read_bytes() for each in sorted(tmp_path.glob("*")))  # noqa: ASYNC240
    for secret in ("swordfish-7f3a", token, operator):
        assert secret.encode() not in content
    assert file.stat().st_mode & 0o077 == 0


async def test_keys_are_changed_while_a_control_plane_runs(tmp_path: Path) -> None:
    file, place = tmp_path / "keys", Location(tmp_path / "control.db")
    async with open_control_store(place, ConfigCipher(lambda: keys_in(file))) as running:
        await running.add_bot("box1")
        await running.put("box1", SECRET, by="ann")
        old = keys_in(file)
        add_key(file)
        async with open_control_store(place, ConfigCipher(lambda: keys_in(file))) as other:
            assert await other.reencrypt() == 1
        keep_newest_key(file)
        assert keys_in(file) != old
        assert (await running.version("box1", 1)).document == SECRET
        await running.put("box1", GERMAN, by="ann")
    async with open_control_store(place, ConfigCipher(lambda: keys_in(file))) as after:
        assert (await after.version("box1", 2)).document == GERMAN
    async with open_control_store(place, ConfigCipher(lambda: old)) as wrong:
        with pytest.raises(CipherUnusable, match="no key opens"):
            await wrong.version("box1", 2)


def test_a_key_that_is_none_is_refused() -> None:
    for keys in ([], ["short"]):
        with pytest.raises(CipherUnusable):
            ConfigCipher(lambda keys=keys: keys)  # type: ignore[misc]


def test_the_file_of_the_keys_is_private(tmp_path: Path) -> None:
    assert len(keys_in(tmp_path / "keys")) == 1
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


async def test_what_is_not_there_is_named(tmp_path: Path, cipher: ConfigCipher) -> None:
    async with open_control_store(Location(tmp_path / "control.db"), cipher) as store:
        with pytest.raises(UnknownBot, match="'box9'"):
            await store.desired("box9")
        with pytest.raises(UnknownBot):
            await store.tokens.renew("box9")
        with pytest.raises(NameUnusable, match="letters, digits"):
            await store.add_bot("a b")
        await store.add_bot("box1")
        with pytest.raises(UnknownVersion, match="version 4 of box1"):
            await store.version("box1", 4)
        await store.tokens.add_person("operator", "ann")
        with pytest.raises(NameUnusable, match="already"):
            await store.tokens.add_person("operator", "ann")
        with pytest.raises(NameUnusable, match="there are: ann"):
            await store.tokens.remove_person("operator", "bob")


async def test_the_bots_own_database_is_refused(tmp_path: Path, cipher: ConfigCipher) -> None:
    place = Location(tmp_path / "openclaw-voice.db")
    async with open_store(place):
        pass
    with pytest.raises(DatabaseNewer):
        async with open_control_store(place, cipher):
            pass


async def test_events_and_audit_are_bounded(
    tmp_path: Path, cipher: ConfigCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.control.store.AUDIT_KEPT", 3)
    place = Location(tmp_path / "control.db")
    async with open_control_store(place, cipher) as store:
        for number in range(6):
            await store.audit("operator:ann", "config_put", None, "done", f"{number}")
        assert [each.detail for each in await store.audit_log()] == ["5", "4", "3"]
    async with open_engine(place) as database, database.reading() as session:
        assert (await session.scalar(text("SELECT count(*) FROM control_audit"))) == 3
