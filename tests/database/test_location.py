"""Where the database is, from the URL of the settings; its password is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from database.errors import DatabaseUnreachable
from database.location import IN_MEMORY, Location, Server, located
from database.settings import DatabaseSettings
from database.store import open_store
from testing.ports import closed_port


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("sqlite:////var/lib/bot/voice.db", Location(Path("/var/lib/bot/voice.db"))),
        ("sqlite+aiosqlite:////a%20b/voice.db", Location(Path("/a b/voice.db"))),
        ("sqlite:///voice.db", Location(Path.cwd() / "voice.db")),
        ("sqlite://", IN_MEMORY),
        ("sqlite:///:memory:", IN_MEMORY),
        ("postgresql://box/voice", Location(server=Server("voice", "box"))),
        (
            "postgres://bot:p%40ss@box:5433/voice?sslmode=verify-full",
            Location(server=Server("voice", "box", 5433, "bot", "p@ss", "verify-full")),
        ),
        (
            "postgresql+asyncpg:///voice?host=/run/postgresql",
            Location(server=Server("voice", "/run/postgresql")),
        ),
    ],
)
def test_a_url_is_understood(url: str, location: Location) -> None:
    assert located(url) == location


@pytest.mark.parametrize(
    "url",
    [
        "", "voice.db", "mysql://u:hunter2@box/voice", "postgresql://u:hunter2@box",
        "postgresql://u:hunter2@box/", "postgresql://u:hunter2@box:x/voice",
        "postgresql://u:hunter2@box/voice?sslmode=hunter2", "postgresql://box/voice?hunter2=1&x=2",
        "sqlite://hunter2/voice.db", "sqlite:///voice.db?mode=ro", "http://[hunter2", "://hunter2",
    ],
)  # fmt: skip
def test_any_other_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match=r"postgresql://USER|sslmode|options") as caught:
        located(url)
    assert "hunter2@" not in str(caught.value)
    with pytest.raises(ValidationError) as refused:
        DatabaseSettings(url=SecretStr(url))
    assert "hunter2@" not in str(refused.value)


def test_without_a_url_it_is_a_file_in_the_folder_of_the_state(tmp_path: Path) -> None:
    assert DatabaseSettings().location(tmp_path) == Location(tmp_path / "openclaw-voice.db")
    assert DatabaseSettings().location(None) == IN_MEMORY
    url = SecretStr("sqlite://")
    assert DatabaseSettings(url=url).location(tmp_path) == IN_MEMORY


def test_the_password_is_not_shown() -> None:
    location = located("postgresql://bot:hunter2@box:5433/voice?sslmode=require")
    assert str(location) == "postgresql://bot@box:5433/voice"
    assert "hunter2" not in repr(location)


async def refused(url: str) -> DatabaseUnreachable:
    with pytest.raises(DatabaseUnreachable) as caught:
        async with open_store(located(url)):
            pass
    assert "hunter2" not in str(caught.value)
    assert "DATABASE__URL" in caught.value.advice
    return caught.value


async def test_a_server_that_does_not_answer_is_named_with_the_cause() -> None:
    port = closed_port()
    error = await refused(f"postgresql://bot:hunter2@127.0.0.1:{port}/voice")
    assert error.where == f"postgresql://bot@127.0.0.1:{port}/voice"
    assert "refused" in error.reason or "Connect call failed" in error.reason


async def test_a_database_or_user_that_the_server_does_not_have_is_named(
    postgres: Location,
) -> None:
    assert postgres.server is not None
    folder = postgres.server.host
    error = await refused(f"postgresql://bot:hunter2@/nothing?host={folder}")
    assert error.reason == 'database "nothing" does not exist'
    error = await refused(f"postgresql://eve:hunter2@/postgres?host={folder}")
    assert error.reason == 'role "eve" does not exist'
