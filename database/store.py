"""The store of all guilds: settings, calls, members' choices and transcripts in one database.

    async with open_store(location, defaults) as store:
        store.settings.of(guild_id).agent                      # from memory, synchronous
        await store.settings.set(guild_id, "agent", "sage", by=member_id)
        store.settings.on_change(listener)
        store.members.of(guild_id, member_id).hearing
        await store.members.choose(member_id, guild_id, hearing="left_out")
        await store.records.forget(member_id)

Each guild belongs to one process; several may share a database, since every change writes its
own rows alone. Members' choices for everywhere, made in another process, arrive by `refresh`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from database.absences import Absences, mark_of
from database.engine import WORKING_ERRORS, Database, as_unusable, open_engine
from database.errors import ChangeNotKept
from database.guild_settings import GuildSettings
from database.location import Location
from database.member_choices import MemberChoices, forget_choices
from database.member_records import MemberRecords
from database.running_calls import RunningCalls
from database.setting_store import GuildSettingStore
from database.tables import GUILD_TABLES, BookkeepingRow, MemberChoiceRow, SettingChangeRow
from database.takeover import take_over as import_files
from database.transcripts import Transcripts, guilds_with_transcripts, purge_transcripts
from database.upgrade import upgrade
from database.writer import ChangeWriter, Kept, changes_in
from logs import FaultLog
from tasks import OwnedTasks

log = logging.getLogger(__name__)

HISTORY_DAYS: Final = 365
"""How long the history of settings is kept; the tables' descriptions name it too."""
PURGE_EVERY_S: Final = 3600.0
REFRESH_EVERY_S: Final = 5.0
"""How late a choice for everywhere arrives in another process."""


class GuildStore:
    """What the bot keeps of guilds and members. Without a ``database`` it ends with the process,
    and there are no transcripts. `open_store` opens one with a database.

    ``shared`` says that other processes of this bot write to the database; on PostgreSQL they may
    in any case.
    """

    def __init__(
        self,
        defaults: GuildSettings | None = None,
        database: Database | None = None,
        *,
        shared: bool = False,
    ) -> None:
        self._database = database
        self._shared = shared or (database is not None and database.is_shared)
        self._writer = ChangeWriter(database)
        self._tasks = OwnedTasks(log)
        self._faults = FaultLog(log)
        self.settings = GuildSettingStore(defaults or GuildSettings(), self._writer, database)
        self.calls = RunningCalls(self._writer)
        self.members = MemberChoices(self._writer)
        self.transcripts = Transcripts(self._writer, database)
        self.absences = Absences(self._writer, database)
        self.records = MemberRecords(self.settings, self.members, self._writer, database)

    @property
    def busy(self) -> bool:
        """Whether a change is not on the disk yet."""
        return self._writer.busy

    async def drain(self) -> None:
        """Wait until every change so far is on the disk, or given up."""
        await self._writer.drain()

    def forget_guild(self, guild_id: int) -> Kept:
        """Delete everything about a guild that the bot has left, but for who is left out there:
        the bot may be invited again."""
        self.settings.forget(guild_id)
        self.calls.forget(guild_id)
        self.members.forget_guild(guild_id)

        async def write(_: Database, session: AsyncSession) -> None:
            for table in GUILD_TABLES:
                await session.execute(delete(table).where(table.guild_id == guild_id))
            await forget_choices(session, MemberChoiceRow.guild_id == guild_id)
            await session.execute(delete(BookkeepingRow).where(mark_of(guild_id)))

        return self._writer.write(write)

    async def refresh(self) -> bool:
        """Read again what other processes have changed; whether there was anything.

        Raises:
            SQLAlchemyError, OSError: the database cannot be read now.
        """
        if self._database is None:
            return False
        async with self._database.reading() as session:
            count = await changes_in(session)
        if count == self._writer.changes and not self._writer.others_wrote:
            return False
        await self._load(self._database)
        return True

    async def purge(self, now: datetime | None = None) -> None:
        """Delete transcripts and history that are older than they are kept.

        Raises:
            ChangeNotKept: the database cannot be written now.
        """
        at = now or datetime.now(UTC)

        async def write(_: Database, session: AsyncSession) -> None:
            guilds = await guilds_with_transcripts(session)
            days = {each: self.settings.of(each).transcript_retention_days for each in guilds}
            await purge_transcripts(session, days, at)
            oldest = at - timedelta(days=HISTORY_DAYS)
            await session.execute(
                delete(SettingChangeRow).where(SettingChangeRow.changed_at < oldest)
            )

        await self._writer.write(write, counted=False)

    async def start(self) -> None:
        """Read everything, and begin to write, to refresh and to purge.

        Raises:
            SQLAlchemyError, OSError: the database cannot be read.
        """
        if self._database is None:
            return
        await self._load(self._database)
        self._writer.start()
        self._tasks.spawn(self._keep_house(), "database housekeeping")
        if self._shared:
            self._tasks.spawn(self._keep_fresh(), "database refresh")

    async def aclose(self) -> None:
        """Write what is left, and stop."""
        await self._tasks.aclose()
        await self._writer.aclose()

    async def _load(self, database: Database) -> None:
        """Replace what is in memory, but never by what is older than a change on its way."""
        while True:
            await self._writer.drain()
            submitted = self._writer.submitted
            async with database.reading() as session:
                count = await changes_in(session)
                settings = await self.settings.load(session)
                calls = await self.calls.load(session)
                members = await self.members.load(session)
            if submitted == self._writer.submitted:
                break
        self._writer.changes, self._writer.others_wrote = count, False
        self.settings.take(settings)
        self.calls.take(calls)
        self.members.take(members)

    async def _keep_house(self) -> None:
        while True:
            with contextlib.suppress(ChangeNotKept):  # the writer has logged it
                await self.purge()
            await asyncio.sleep(PURGE_EVERY_S)

    async def _keep_fresh(self) -> None:
        failed = "the database cannot be read; what is in memory holds: %s"
        while self._database is not None:
            await asyncio.sleep(REFRESH_EVERY_S)
            try:
                await self.refresh()
            except WORKING_ERRORS as error:
                why = as_unusable(self._database.location, error)
                self._faults.tell(logging.WARNING, failed, why)
            else:
                self._faults.recovered(failed)


@contextlib.asynccontextmanager
async def open_store(
    location: Location,
    defaults: GuildSettings | None = None,
    *,
    take_over: Path | None = None,
    shared: bool = False,
) -> AsyncIterator[GuildStore]:
    """Open a database, bring its tables to this version, and read it; closed at the end.

    ``take_over`` is the folder with files of earlier versions, which are imported once. ``shared``
    is as for `GuildStore`.

    Raises:
        DatabaseUnusable: it cannot be used, and was left as it is; the text says what to do.
    """
    async with open_engine(location) as database:
        store = GuildStore(defaults, database, shared=shared)
        try:
            await upgrade(database)
            if take_over is not None:
                await import_files(database, take_over)
            await store.start()
        except WORKING_ERRORS as error:
            raise as_unusable(location, error) from error
        try:
            yield store
        finally:
            await store.aclose()
