"""The one writer of a process: changes in order, each in a transaction of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from backoff import Backoff
from database.engine import WORKING_ERRORS, Database, as_unusable
from database.errors import ChangeNotKept
from database.tables import BookkeepingRow
from logs import FaultLog
from tasks import OwnedTasks

log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[Database, AsyncSession], Awaitable[None]]
CHANGES: Final = "changes"
"""The row of `BookkeepingRow` that counts the changes of all processes."""
_TRIES_S: Final = 10.0
"""How long a change is tried again before it is given up."""
_MAY_PASS: Final = (OperationalError, InterfaceError, OSError, TimeoutError)
_NOT_KEPT: Final = "a change could not be written, and ends with the bot: %s"


class Kept:
    """The end of a change's way: ``await`` it to know the change on the disk.

    The change applies before, and its failure is logged also where nothing awaits it.

    Raises:
        ChangeNotKept: it could not be written.
    """

    def __init__(
        self, done: asyncio.Future[None] | None = None, *, refused: ChangeNotKept | None = None
    ) -> None:
        self._done = done
        self._refused = refused

    def __await__(self) -> Generator[Any, None, None]:
        if self._refused is not None:
            raise self._refused
        if self._done is not None:
            yield from asyncio.shield(self._done).__await__()


@dataclass(frozen=True, slots=True)
class _Change:
    work: Work
    counted: bool
    done: asyncio.Future[None]


class ChangeWriter:
    """Writes what it is given, first in, first out. Without a ``database`` it keeps nothing."""

    def __init__(self, database: Database | None) -> None:
        self.changes = 0
        """The number of changes to the database that this process has seen."""
        self.others_wrote = False
        """Whether another process has changed the database since the data was read."""
        self.submitted = 0
        self._database = database
        self._queue: asyncio.Queue[_Change | None] = asyncio.Queue()
        self._faults = FaultLog(log)
        self._tasks = OwnedTasks(log)
        self._closing = False
        self._busy = 0

    @property
    def busy(self) -> bool:
        """Whether a change is not written yet."""
        return self._busy > 0

    def start(self) -> None:
        """Begin to write."""
        if self._database is not None:
            self._tasks.spawn(self._write_all(self._database), "database writer")

    def write(self, work: Work, *, counted: bool = True) -> Kept:
        """Queue a change. One that is ``counted`` concerns what processes keep in memory."""
        if self._database is None:
            return Kept()
        if self._closing:
            raise RuntimeError("the database is closed")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(_look)
        self._busy += 1
        self.submitted += 1
        self._queue.put_nowait(_Change(work, counted, done))
        return Kept(done)

    async def drain(self) -> None:
        """Wait until all changes so far are written or given up."""
        await self._queue.join()

    async def aclose(self) -> None:
        """Write what is queued, then stop. A later `write` is an error."""
        if self._database is None or self._closing:
            return
        self._closing = True
        self._queue.put_nowait(None)
        await self._tasks.wait()

    async def _write_all(self, database: Database) -> None:
        while (change := await self._queue.get()) is not None:
            try:
                await self._write(database, change)
            finally:
                self._busy -= 1
                self._queue.task_done()
        self._queue.task_done()

    async def _write(self, database: Database, change: _Change) -> None:
        backoff = Backoff(0.1, 2.0)
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            try:
                await self._attempt(database, change)
            except WORKING_ERRORS as error:
                why = as_unusable(database.location, error)
                self._faults.tell(logging.WARNING, _NOT_KEPT, why)
                may_pass = isinstance(error, _MAY_PASS)
                if not may_pass or self._closing or clock() - began > _TRIES_S:
                    change.done.set_exception(ChangeNotKept(str(why)))
                    return
                await asyncio.sleep(backoff.next_s())
            except Exception as error:
                log.exception("a change failed, and ends with the bot")
                change.done.set_exception(ChangeNotKept(f"{type(error).__name__}: {error}"))
                return
            else:
                self._faults.recovered(_NOT_KEPT)
                change.done.set_result(None)
                return

    async def _attempt(self, database: Database, change: _Change) -> None:
        async with database.writing() as session:
            await change.work(database, session)
            count = await count_change(database, session) if change.counted else None
        if count is not None:
            self.others_wrote |= count != self.changes + 1
            self.changes = count


async def count_change(database: Database, session: AsyncSession) -> int:
    """Count a change in the transaction that makes it; returns the number of it."""
    seen = await changes_in(session, lock=database.is_shared)
    await database.upsert(session, BookkeepingRow, {"name": CHANGES}, {"value": seen + 1})
    return seen + 1


async def changes_in(session: AsyncSession, *, lock: bool = False) -> int:
    """How often the database was changed. With ``lock`` no other process can change it now."""
    if lock:
        await session.execute(select(func.pg_advisory_xact_lock(_COUNTING)))
    found = select(BookkeepingRow.value).where(BookkeepingRow.name == CHANGES)
    return await session.scalar(found) or 0


_COUNTING: Final = 0x6F63_636F_756E_74


def _look(done: asyncio.Future[None]) -> None:
    """Mark a failure as seen: it is logged already."""
    if not done.cancelled():
        done.exception()
