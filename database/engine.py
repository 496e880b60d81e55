"""A connection to the database: one way to read it, one to write it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, event
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from database.errors import DatabaseLocked, DatabaseUnreachable
from database.location import FILE, Location, Server

BUSY_TIMEOUT_S: Final = 5.0
"""How long a transaction of SQLite waits for another program's."""
CONNECT_TIMEOUT_S: Final = 10.0
_TRY_AGAIN_S: Final = 0.02
_READING: Final = "reading"

SERVER_ADVICE: Final = (
    "check that the server runs and lets the bot in, and the URL in DATABASE__URL"
)
NO_DRIVER: Final = (
    "install what PostgreSQL needs: `uv sync --extra postgres`, or asyncpg beside the bot"
)


class Database:
    """An open database. `open_engine` makes one."""

    def __init__(self, engine: AsyncEngine, location: Location) -> None:
        self.location = location
        self._engine = engine

    @property
    def is_shared(self) -> bool:
        """Whether other machines may write to it too."""
        return not self.location.is_sqlite

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session with one view of the data; it may not write."""
        connection = self._engine.execution_options(**{_READING: True})
        async with AsyncSession(connection, expire_on_commit=False) as session:
            yield session

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are kept together at the end of the body, or not at all."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def run(self, work: Callable[[Connection], Any]) -> Any:
        """Run synchronous ``work`` in one transaction that writes."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def upsert(
        self,
        session: AsyncSession,
        table: type[DeclarativeBase],
        keys: dict[str, Any],
        values: dict[str, Any],
    ) -> None:
        """Write one row: its ``values`` replace those of a row with the same ``keys``."""
        insert = sqlite_insert if self.location.is_sqlite else postgres_insert
        statement = insert(table).values(**keys, **values)
        await session.execute(
            statement.on_conflict_do_update(index_elements=list(keys), set_=values)
        )

    async def insert_missing(
        self,
        session: AsyncSession,
        table: type[DeclarativeBase],
        keys: dict[str, Any],
        values: dict[str, Any],
    ) -> bool:
        """Write one row unless there is one with the same ``keys``; whether it was written."""
        insert = sqlite_insert if self.location.is_sqlite else postgres_insert
        statement = insert(table).values(**keys, **values)
        done = await session.execute(statement.on_conflict_do_nothing(index_elements=list(keys)))
        return bool(getattr(done, "rowcount", 0))

    async def aclose(self) -> None:
        """Close every connection. SQLite then writes its log back into the file."""
        await self._engine.dispose()


@contextlib.asynccontextmanager
async def open_engine(location: Location) -> AsyncIterator[Database]:
    """Connect to a database; its tables are not looked at.

    Raises:
        DatabaseUnreachable: the driver of PostgreSQL is not installed.
    """
    with contextlib.ExitStack() as stack:
        if location.server is not None:
            engine = _postgres(location.server)
        elif location.file is not None:
            engine = _sqlite(location.file)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="openclaw-voice-"))
            engine = _sqlite(Path(folder) / FILE)
        database = Database(engine, location)
        try:
            yield database
        finally:
            await database.aclose()


def as_unusable(location: Location, error: BaseException) -> DatabaseUnreachable | DatabaseLocked:
    """The reason in words of an ``error`` in opening the database or in working with it."""
    if isinstance(error, TimeoutError):
        reason = f"no answer within {CONNECT_TIMEOUT_S:g} s"
    elif isinstance(error, OSError):
        reason = error.strerror or str(error) or type(error).__name__
    else:
        found = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        reason = (str(found).strip() or type(found).__name__).splitlines()[0]
        reason = reason.rpartition(">: ")[2]  # asyncpg's type before its words
    if "locked" in reason:
        return DatabaseLocked(str(location), reason, LOCKED_ADVICE)
    advice = FILE_ADVICE if location.is_sqlite else SERVER_ADVICE
    return DatabaseUnreachable(str(location), reason, advice)


LOCKED_ADVICE: Final = (
    "Another program holds it: stop that one, for example a second bot or a database browser"
)
FILE_ADVICE: Final = (
    "Make the file and its folder readable and writable for the bot and check the free space, or "
    "set openclaw.state_dir to another folder"
)

WORKING_ERRORS: Final = (SQLAlchemyError, OSError, asyncio.TimeoutError)
"""What a database may raise while it is used."""


def _sqlite(file: Path) -> AsyncEngine:
    url = URL.create("sqlite+aiosqlite", database=str(file))
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    _prepare(engine)
    return engine


def _prepare(engine: AsyncEngine) -> None:
    """Every connection with WAL and foreign keys; a transaction that writes locks at its begin.

    A transaction that begins by reading and then writes would fail at once where another process
    wrote meanwhile, without waiting.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the begin below is ours
        connection.run_async(use_wal)
        cursor = connection.cursor()
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(_READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


async def use_wal(connection: Any) -> None:
    """Let a connection of aiosqlite keep a write-ahead log.

    Where two processes open an empty database at once, SQLite refuses the change without waiting:
    it is tried again for `BUSY_TIMEOUT_S`.

    Raises:
        sqlite3.OperationalError: it is refused for another reason, or for longer.
    """
    loop = asyncio.get_running_loop()
    last = loop.time() + BUSY_TIMEOUT_S
    while True:
        try:
            await connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or loop.time() > last:
                raise
        await asyncio.sleep(_TRY_AGAIN_S)


def _postgres(server: Server) -> AsyncEngine:
    """
    Raises:
        DatabaseUnreachable: asyncpg is not installed.
    """
    try:
        asyncpg: Any = importlib.import_module("asyncpg")
    except ModuleNotFoundError as error:
        raise DatabaseUnreachable(
            str(server), f"{error.name} is not installed", NO_DRIVER
        ) from error

    async def connect() -> Any:
        try:
            return await asyncpg.connect(
                host=server.host,
                port=server.port,
                user=server.user,
                password=server.password,
                database=server.name,
                ssl=server.ssl,
                timeout=CONNECT_TIMEOUT_S,
            )
        except asyncpg.PostgresError as error:
            # SQLAlchemy passes errors of the driver's connect on as they are.
            raise ConnectionError(str(error)) from error

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_pre_ping=True,
        pool_size=4,
        hide_parameters=True,
    )
