"""Everything that the database has about one member: list it, export it, delete it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from database.engine import Database
from database.errors import DatabaseError
from database.member_choices import MemberChoices, forget_choices
from database.personal import personal_columns
from database.setting_store import GuildSettingStore
from database.tables import (
    Base,
    GuildSettingRow,
    MemberChoiceRow,
    SettingChangeRow,
    TranscriptLineRow,
)
from database.writer import ChangeWriter

KEPT_LEFT_OUT: Final = "left_out"
KEPT_RULES: Final = "server_rules"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `MemberRecords.forget` did.

    ``rows`` are the numbers of rows, by table, that were deleted or no longer name the member.
    ``kept`` says what stays: ``left_out``, so that no model gets their audio later either, and
    ``server_rules``, where a server's own lists name them (``guilds`` are its ids).
    """

    rows: Mapping[str, int]
    kept: tuple[str, ...]
    guilds: tuple[int, ...] = ()


class MemberRecords:
    """What the database has about members. Nothing about them is anywhere else on the disk."""

    def __init__(
        self,
        settings: GuildSettingStore,
        members: MemberChoices,
        writer: ChangeWriter,
        database: Database | None,
    ) -> None:
        self._settings = settings
        self._members = members
        self._writer = writer
        self._database = database

    async def export(self, member_id: int) -> dict[str, Any]:
        """Everything about a member in JSON types, ids as text, with what it is and why.

        Raises:
            DatabaseError: there is no database.
            SQLAlchemyError, OSError: it cannot be read now.
        """
        database = self._needed()
        await self._writer.drain()
        about: dict[str, dict[str, Any]] = {}
        for each in personal_columns():
            words = {"what": each.about.what, "why": each.about.why, "kept": each.about.kept}
            about.setdefault(each.table, {})[each.column] = words
        async with database.reading() as session:
            tables = {
                table.__tablename__: {
                    "about": about.get(table.__tablename__, {}),
                    "rows": [
                        _plain(row) for row in await session.scalars(select(table).where(which))
                    ],
                }
                for table, which in _rows_of(member_id)
            }
            named = [_plain(row) for row in await _naming(session, GuildSettingRow, member_id)]
        return {
            "member_id": str(member_id),
            "exported_at": datetime.now(UTC).isoformat(),
            "tables": tables,
            "settings_that_name_the_member": named,
        }

    async def forget(self, member_id: int) -> Forgotten:
        """Delete everything about a member, in one transaction.

        Settings that they changed stay, without their id. What stays otherwise is in the result:
        being left out, and the lists of a server that name them, which are its rules; taking them
        from such a list could open a call to all.

        Without a database it deletes what is in memory.

        Raises:
            ChangeNotKept: nothing could be deleted.
        """
        if self._database is None:
            stays = self._members.forget_member(member_id)
            self._settings.forget_member(member_id)
            return Forgotten({}, (KEPT_LEFT_OUT,) if stays else ())
        rows: dict[str, int] = {}
        guilds: tuple[int, ...] = ()
        left = 0

        async def write(_: Database, session: AsyncSession) -> None:
            nonlocal left, guilds
            for table, which in _rows_of(member_id):
                count = select(func.count()).select_from(table).where(which)
                rows[table.__tablename__] = await session.scalar(count) or 0
            left = await forget_choices(session, MemberChoiceRow.member_id == member_id)
            rows[MemberChoiceRow.__tablename__] -= left
            await session.execute(
                delete(TranscriptLineRow).where(TranscriptLineRow.member_id == member_id)
            )
            for table in (GuildSettingRow, SettingChangeRow):
                mine = table.changed_by == member_id
                await session.execute(update(table).where(mine).values(changed_by=None))
            naming = await _naming(session, GuildSettingRow, member_id)
            guilds = tuple(sorted({row.guild_id for row in naming}))

        kept = self._writer.write(write)
        self._members.forget_member(member_id)
        self._settings.forget_member(member_id)
        await kept
        reasons = [KEPT_LEFT_OUT] if left else []
        if guilds:
            reasons.append(KEPT_RULES)
        return Forgotten(rows, tuple(reasons), guilds)

    def _needed(self) -> Database:
        if self._database is None:
            raise DatabaseError("there is no database")
        return self._database


def _rows_of(member_id: int) -> list[tuple[type[Base], ColumnElement[bool]]]:
    return [
        (MemberChoiceRow, MemberChoiceRow.member_id == member_id),
        (TranscriptLineRow, TranscriptLineRow.member_id == member_id),
        (GuildSettingRow, GuildSettingRow.changed_by == member_id),
        (SettingChangeRow, SettingChangeRow.changed_by == member_id),
    ]


LISTS_OF_MEMBERS: Final = ("allowed_users", "move_users")
"""The settings whose values are ids of members."""


async def _naming(
    session: AsyncSession, table: type[GuildSettingRow], member_id: int
) -> list[GuildSettingRow]:
    """The settings whose lists have a member's id."""
    lists = or_(*(table.name == name for name in LISTS_OF_MEMBERS))
    rows = await session.scalars(select(table).where(lists))
    return [row for row in rows if isinstance(row.value, list) and member_id in row.value]


def _plain(row: Base) -> dict[str, Any]:
    """A row in JSON types; large numbers are ids, and become text."""
    return {column.name: _value(getattr(row, column.name)) for column in row.__table__.columns}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int):
        return [_value(each) for each in value] if isinstance(value, list) else value
    return str(value) if value > 2**31 else value


def as_json(exported: Mapping[str, Any]) -> str:
    """An export as the text of a file."""
    return json.dumps(exported, ensure_ascii=False, indent=2) + "\n"
