"""Where the database is: an SQLite file, or a PostgreSQL server by its URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

FILE: Final = "openclaw-voice.db"
"""The name of the file in the folder of the bot's state."""
_SQLITE: Final = "sqlite+aiosqlite"
_POSTGRES: Final = "postgresql+asyncpg"
_DRIVERS: Final = {
    "sqlite": _SQLITE,
    _SQLITE: _SQLITE,
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    _POSTGRES: _POSTGRES,
}
_WRITE: Final = (
    "write sqlite:///FOLDER/FILE.db, postgresql://USER:PASSWORD@HOST/NAME, or sqlite:// for one "
    "that ends with the bot"
)
_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Location:
    """Where a database is. ``file`` is that of SQLite; a file of None is deleted at the end.

    ``url`` is None for SQLite without a file yet.
    """

    url: URL | None
    file: Path | None

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite's, which belongs to one machine."""
        return self.url is None or self.url.drivername == _SQLITE

    def __str__(self) -> str:
        if self.file is not None:
            return str(self.file)
        return "in memory" if self.is_file else shown(self.url)

    __repr__ = __str__

    @classmethod
    def of_file(cls, file: Path) -> Location:
        """SQLite's file."""
        return cls(URL.create(_SQLITE, database=str(file)), file)


IN_MEMORY: Final = Location(None, None)
"""A database that ends with the process: a file in a temporary folder."""


def shown(url: URL | None) -> str:
    """A URL for messages: without the password and without options, which may hold secrets."""
    if url is None:
        return ""
    bare = url.set(query={})
    return bare.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def located(url: str) -> Location:
    """The place that a URL of the settings means.

    Raises:
        ValueError: it is no such URL; the text does not repeat it, as it may hold a password.
    """
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):
        raise ValueError(f"this is not the URL of a database; {_WRITE}") from None
    driver = _DRIVERS.get(parsed.drivername.lower())
    if driver is None:
        raise ValueError(f"{parsed.drivername[:40]!r} is not a database of this bot; {_WRITE}")
    if driver == _SQLITE:
        return _sqlite(parsed)
    if not parsed.database:
        raise ValueError(f"the URL names no database after the host; {_WRITE}")
    return Location(parsed.set(drivername=driver, query=_for_asyncpg(parsed)), None)


def _sqlite(parsed: URL) -> Location:
    if parsed.host or parsed.password or parsed.query:
        raise ValueError(f"a file has neither host nor options; {_WRITE}")
    if not parsed.database or parsed.database == ":memory:":
        return IN_MEMORY
    return Location.of_file(Path(parsed.database).expanduser().absolute())


def _for_asyncpg(parsed: URL) -> dict[str, Any]:
    """The options under the names that asyncpg takes: ``sslmode`` of libpq is its ``ssl``.

    Raises:
        ValueError: an option is unknown.
    """
    options = dict(parsed.query)
    mode = options.pop("sslmode", options.pop("ssl", None))
    if mode is not None and mode not in _SSL_MODES:
        raise ValueError(f"sslmode is one of {', '.join(_SSL_MODES)}")
    host = options.pop("host", None)
    if options:
        names = ", ".join(re.sub(r"\W", "?", name)[:40] for name in options)
        raise ValueError(f"these options of the URL are not known here: {names}")
    kept = {"ssl": mode, "host": host}
    return {name: value for name, value in kept.items() if value is not None}
