"""Where the database is: an SQLite file, or a PostgreSQL server by its URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

FILE: Final = "openclaw-voice.db"
"""The name of the file in the folder of the bot's state."""
CONTROL_FILE: Final = "control-plane.db"
"""The same of the control plane."""
_SQLITE: Final = ("sqlite", "sqlite+aiosqlite")
_POSTGRES: Final = ("postgres", "postgresql", "postgresql+asyncpg")
_WRITE: Final = (
    "write sqlite:///FOLDER/FILE.db, postgresql://USER:PASSWORD@HOST/NAME, or sqlite:// for one "
    "that ends with the bot"
)
_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a PostgreSQL server. ``host`` is a folder for a socket there.

    ``ssl`` is a mode of libpq, such as verify-full.
    """

    name: str
    host: str = ""
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ssl: str | None = None

    def __str__(self) -> str:
        """For messages: without the password."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{user}{self.host}{port}/{self.name}"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a database is: in a ``file`` of SQLite, or on a ``server``.

    Without either it is a file that is deleted at the end.
    """

    file: Path | None = None
    server: Server | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite's, which belongs to one machine."""
        return self.server is None

    def __str__(self) -> str:
        return str(self.file or self.server or "of this process")


IN_MEMORY: Final = Location()
"""A database that ends with the process: a file in a temporary folder."""


def located(url: str) -> Location:
    """The place that a URL of the settings means.

    Raises:
        ValueError: it is no such URL; the text does not repeat it, as it may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError(f"this is not the URL of a database; {_WRITE}") from None
    if parts.scheme in _SQLITE:
        return _sqlite(parts)
    if parts.scheme in _POSTGRES:
        return Location(server=_server(parts, port))
    if parts.scheme and "//" in url:
        raise ValueError(f"{parts.scheme[:40]!r} is not a database of this bot; {_WRITE}")
    raise ValueError(f"this is not the URL of a database; {_WRITE}")


def _sqlite(parts: SplitResult) -> Location:
    """``sqlite:///file`` is below the current folder, ``sqlite:////file`` is not."""
    if parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"a file has neither host nor options; {_WRITE}")
    path = unquote(parts.path).removeprefix("/")
    if path in ("", ":memory:"):
        return IN_MEMORY
    if "\0" in path:
        raise ValueError("the name of a file has no NUL")
    return Location(Path(path).expanduser().absolute())


def _server(parts: SplitResult, port: int | None) -> Server:
    options = _options(parts.query)
    name = unquote(parts.path).removeprefix("/")
    if not name or "/" in name or parts.fragment:
        raise ValueError(f"the URL names no database after the host; {_WRITE}")
    ssl = options.get("sslmode") or options.get("ssl")
    if ssl is not None and ssl not in _SSL_MODES:
        raise ValueError(f"sslmode is one of {', '.join(_SSL_MODES)}")
    return Server(
        name,
        options.get("host") or parts.hostname or "localhost",
        port,
        _part(parts.username),
        _part(parts.password),
        ssl,
    )


def _options(query: str) -> Mapping[str, str]:
    """
    Raises:
        ValueError: an option is unknown.
    """
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = options.keys() - {"host", "ssl", "sslmode"}
    if unknown:
        names = ", ".join(sorted(re.sub(r"\W", "?", name)[:40] for name in unknown))
        raise ValueError(f"these options of the URL are not known here: {names[:200]}")
    return options


def _part(text: str | None) -> str | None:
    return None if text is None else unquote(text)
