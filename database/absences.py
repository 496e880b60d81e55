"""Guilds of which something is stored and that the bot is no longer in: since when.

A bot that was removed from a guild while it was not running gets no word of it. `Absences` marks
such a guild when it is first missed, and names it when it has been away for `ABSENT_DAYS`. Until
then a mistake can be undone: an invitation in error withdrawn, or a start with another bot's token.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from database.engine import WORKING_ERRORS, Database, as_unusable
from database.errors import ChangeNotKept
from database.member_choices import NOT_HEARD
from database.tables import EVERYWHERE, GUILD_TABLES, BookkeepingRow, MemberChoiceRow
from database.writer import ChangeWriter

log = logging.getLogger(__name__)

ABSENT_DAYS: Final = 7
"""How long what is stored of a guild is kept after the bot first missed it."""
_MARK: Final = "absent since: "
"""`BookkeepingRow` has Unix time in seconds under this and the guild's id."""


class Absences:
    """The marks of absent guilds. Without a ``database`` there are none."""

    def __init__(self, writer: ChangeWriter, database: Database | None) -> None:
        self._writer = writer
        self._database = database

    async def look(
        self, is_here: Callable[[int], bool | None], now: datetime | None = None
    ) -> list[int]:
        """Compare the guilds that are stored with those that the bot is in; returns the ids of
        those that are to be forgotten.

        ``is_here`` is None for a guild of which it is not known. A database that cannot be used
        now is logged, and nothing is to be forgotten.
        """
        if self._database is None:
            return []
        at = now or datetime.now(UTC)
        try:
            await self._writer.drain()
            async with self._database.reading() as session:
                stored, marks = await _stored_guilds(session), await _marks(session)
            fresh = {each for each in stored - marks.keys() if is_here(each) is False}
            over = {each for each in marks if each not in stored or is_here(each)}
            if fresh or over:
                await self._write(fresh, over, at)
        except WORKING_ERRORS as error:
            why = as_unusable(self._database.location, error)
            log.warning("guilds that the bot has left are looked for later: %s", why)
            return []
        except ChangeNotKept:  # the writer has logged it
            return []
        if fresh:
            log.warning(
                "the bot is no longer in these guilds, of which something is stored: %s. It is "
                "deleted in %d days, unless the bot is in them again",
                ", ".join(map(str, sorted(fresh))),
                ABSENT_DAYS,
            )
        before = (at - timedelta(days=ABSENT_DAYS)).timestamp()
        away = (each for each, since in marks.items() if each not in over and since <= before)
        return sorted(each for each in away if is_here(each) is False)

    async def _write(self, fresh: set[int], over: set[int], at: datetime) -> None:
        async def write(database: Database, session: AsyncSession) -> None:
            for guild_id in sorted(fresh):
                mark = {"name": f"{_MARK}{guild_id}"}
                await database.upsert(session, BookkeepingRow, mark, {"value": int(at.timestamp())})
            for guild_id in sorted(over):
                await session.execute(delete(BookkeepingRow).where(mark_of(guild_id)))

        await self._writer.write(write, counted=False)


def mark_of(guild_id: int) -> ColumnElement[bool]:
    """The row that says since when a guild is absent."""
    return BookkeepingRow.name == f"{_MARK}{guild_id}"


async def _marks(session: AsyncSession) -> dict[int, int]:
    """Since when guilds are absent, in Unix time."""
    rows = await session.scalars(
        select(BookkeepingRow).where(BookkeepingRow.name.startswith(_MARK, autoescape=True))
    )
    return {int(row.name.removeprefix(_MARK)): row.value for row in rows}


async def _stored_guilds(session: AsyncSession) -> set[int]:
    """The guilds of which there is more than who is left out, which outlasts them."""
    found: set[int] = set()
    for table in GUILD_TABLES:
        found.update(await session.scalars(select(table.guild_id).distinct()))
    more = or_(
        MemberChoiceRow.hearing.is_(None),
        MemberChoiceRow.hearing.not_in(NOT_HEARD),
        MemberChoiceRow.follow.is_not(None),
        MemberChoiceRow.transcript.is_not(None),
    )
    here = MemberChoiceRow.guild_id != EVERYWHERE
    found.update(await session.scalars(select(MemberChoiceRow.guild_id).where(here, more)))
    return found
