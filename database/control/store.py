"""The store of the control plane: bots, the versions of their configuration, what they report."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.desired.documents import Document, canonical, differences, document_hash
from configuration.desired.errors import BotExists, StaleVersion, UnknownBot, UnknownVersion
from configuration.desired.records import (
    AckOutcome,
    AuditRecord,
    BotEvent,
    BotRecord,
    BotReport,
    ConfigVersion,
    StoredEvent,
    VersionRecord,
    checked_name,
)
from configuration.schema import dotted
from database.control.cipher import ConfigCipher
from database.control.tables import AuditRow, BotRow, EventRow, VersionRow
from database.control.tokens import Tokens
from database.engine import WORKING_ERRORS, Database, as_unusable, open_engine
from database.location import Location
from database.upgrade import upgrade

MIGRATIONS: Final = Path(__file__).parent / "migrations"
EVENTS_KEPT: Final = 1_000
"""Of each bot, the newest."""
AUDIT_KEPT: Final = 10_000
_MOST_PATHS: Final = 200
"""Paths of changed settings that a version lists."""


class ControlStore:
    """Reads and writes one database; `open_control_store` opens it.

    ``versions_kept`` are kept of each bot; the desired one and the one that runs always are.
    """

    def __init__(self, database: Database, cipher: ConfigCipher, versions_kept: int = 20) -> None:
        self._database = database
        self._cipher = cipher
        self._kept = versions_kept
        self.tokens = Tokens(database)

    # -- bots ---------------------------------------------------------------------------------

    async def add_bot(self, bot_id: str) -> str:
        """Add a bot; returns its token.

        Raises:
            NameUnusable: it cannot be an id.
            BotExists: there is one of that id.
        """
        checked_name(bot_id, "the id of a bot")
        async with self._database.writing() as session:
            if await session.get(BotRow, bot_id) is not None:
                raise BotExists(f"there is a bot {bot_id!r} already")
            session.add(BotRow(id=bot_id, created_at=_now(), last_version=0))
        return await self.tokens.renew(bot_id)

    async def remove_bot(self, bot_id: str) -> None:
        """Delete a bot with its versions, tokens and events.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.writing() as session:
            await session.delete(await _bot(session, bot_id))

    async def bots(self) -> list[BotRecord]:
        """All bots, by id."""
        async with self._database.reading() as session:
            rows = list(await session.scalars(select(BotRow).order_by(BotRow.id)))
            return [await _record(session, row) for row in rows]

    async def bot(self, bot_id: str) -> BotRecord:
        """
        Raises:
            UnknownBot: there is none.
        """
        async with self._database.reading() as session:
            return await _record(session, await _bot(session, bot_id))

    # -- versions -----------------------------------------------------------------------------

    async def desired(self, bot_id: str) -> VersionRecord | None:
        """The version that a bot should run, without its content; None without one.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.reading() as session:
            return await _desired(session, await _bot(session, bot_id))

    async def version(self, bot_id: str, number: int) -> ConfigVersion:
        """
        Raises:
            UnknownBot, UnknownVersion: there is none.
        """
        async with self._database.reading() as session:
            await _bot(session, bot_id)
            return self._opened(await _version(session, bot_id, number))

    async def versions(self, bot_id: str) -> list[VersionRecord]:
        """Those that are kept, the newest first.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.reading() as session:
            await _bot(session, bot_id)
            return [_version_record(row) for row in await _rows(session, bot_id)]

    async def put(
        self,
        bot_id: str,
        document: Document,
        *,
        by: str,
        note: str = "",
        origin: str = "put",
        if_hash: str | None = None,
    ) -> VersionRecord:
        """Make ``document`` the next version, which the bot should run. An equal one is not stored
        again. ``if_hash`` is the hash of the version that the operator has read.

        Raises:
            UnknownBot: there is none.
            StaleVersion: the desired version has another hash than ``if_hash``.
        """
        async with self._database.writing() as session:
            bot = await _bot(session, bot_id)
            before = None
            if bot.desired_version is not None:
                before = await _version(session, bot_id, bot.desired_version)
            if if_hash is not None and if_hash != (before.hash if before else ""):
                now = "none" if before is None else f"version {before.version}, {before.hash}"
                raise StaleVersion(
                    f"the configuration of {bot_id} was changed meanwhile: it is {now}; read it "
                    "again, and repeat the change"
                )
            digest = document_hash(document)
            if before is not None and before.hash == digest:
                return _version_record(before)
            old = {} if before is None else self._cipher.decrypted(before.content)
            paths = [dotted(each.path) for each in differences(old, document)]
            row = VersionRow(
                bot_id=bot_id,
                version=bot.last_version + 1,
                hash=digest,
                content=self._cipher.encrypted(document),
                size=len(canonical(document)),
                made_at=_now(),
                made_by=by,
                origin=origin,
                note=note[:500],
                paths=paths[:_MOST_PATHS],
                reason="",
                restart_needed=[],
            )
            session.add(row)
            bot.desired_version = bot.last_version = row.version
            await session.flush()
            await self._forget_old(session, bot)
            return _version_record(row)

    async def roll_back(
        self, bot_id: str, *, by: str, to: int | None = None, note: str = ""
    ) -> VersionRecord:
        """Make the content of an earlier version the next one; without ``to``, of the last version
        before the desired one that the bot has not refused.

        Raises:
            UnknownBot, UnknownVersion: there is none.
        """
        kept = await self.versions(bot_id)
        desired = await self.desired(bot_id)
        if to is None:
            earlier = [
                each.version
                for each in kept
                if desired is not None
                and each.version < desired.version
                and each.hash != desired.hash
                and each.outcome != "refused"
            ]
            if not earlier:
                raise UnknownVersion(f"{bot_id} has no earlier version to go back to")
            to = earlier[0]
        found = await self.version(bot_id, to)
        origin = f"rollback to {to}"
        return await self.put(bot_id, found.document, by=by, note=note, origin=origin)

    async def reencrypt(self) -> int:
        """Encrypt every version with the newest key; returns how many there are.

        Raises:
            CipherUnusable: no key opens one; nothing is changed then.
        """
        async with self._database.writing() as session:
            rows = list(await session.scalars(select(VersionRow)))
            for row in rows:
                row.content = self._cipher.encrypted(self._cipher.decrypted(row.content))
            return len(rows)

    # -- what bots report ---------------------------------------------------------------------

    async def acknowledge(
        self,
        bot_id: str,
        number: int,
        digest: str,
        outcome: AckOutcome,
        *,
        reason: str = "",
        restart_needed: Iterable[str] = (),
    ) -> VersionRecord:
        """Note a bot's answer to a version.

        Raises:
            UnknownBot, UnknownVersion: there is none, or it has another hash.
        """
        async with self._database.writing() as session:
            await _bot(session, bot_id)
            row = await _version(session, bot_id, number)
            if row.hash != digest:
                raise UnknownVersion(f"version {number} of {bot_id} has another hash")
            row.outcome, row.reason, row.answered_at = outcome, reason, _now()
            row.restart_needed = list(restart_needed)
            return _version_record(row)

    async def heartbeat(self, bot_id: str, report: BotReport) -> VersionRecord | None:
        """Note what a bot says of itself; returns the version that it should run.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.writing() as session:
            bot = await _bot(session, bot_id)
            bot.report, bot.last_seen_at = asdict(report), _now()
            return await _desired(session, bot)

    async def note_metrics(self, bot_id: str, values: dict[str, float]) -> None:
        """Replace a bot's last metrics.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.writing() as session:
            bot = await _bot(session, bot_id)
            bot.metrics, bot.metrics_at = values, _now()

    async def add_events(self, bot_id: str, events: Iterable[BotEvent]) -> int:
        """Store events, each id once; returns how many are new.

        Raises:
            UnknownBot: there is none.
        """
        new = 0
        async with self._database.writing() as session:
            await _bot(session, bot_id)
            for event in events:
                keys = {"bot_id": bot_id, "event_id": event.id}
                values = {
                    "at": event.at,
                    "kind": event.kind,
                    "level": event.level,
                    "text": event.text,
                }
                new += await self._database.insert_missing(session, EventRow, keys, values)
            mine = select(EventRow.id).where(EventRow.bot_id == bot_id)
            newest = mine.order_by(EventRow.id.desc()).limit(EVENTS_KEPT)
            await session.execute(
                delete(EventRow).where(EventRow.bot_id == bot_id, EventRow.id.not_in(newest))
            )
        return new

    async def events(self, bot_id: str, after: int = 0, most: int = 200) -> list[StoredEvent]:
        """Events after a number, the oldest first.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.reading() as session:
            await _bot(session, bot_id)
            rows = await session.scalars(
                select(EventRow)
                .where(EventRow.bot_id == bot_id, EventRow.id > after)
                .order_by(EventRow.id)
                .limit(most)
            )
            return [
                StoredEvent(row.id, BotEvent(row.event_id, row.at, row.kind, _level(row), row.text))
                for row in rows
            ]

    # -- the audit log ------------------------------------------------------------------------

    async def audit(
        self, who: str, action: str, bot_id: str | None, outcome: str, detail: str = ""
    ) -> None:
        """Note a command."""
        async with self._database.writing() as session:
            row = AuditRow(
                at=_now(),
                who=who[:80],
                action=action,
                bot_id=None if bot_id is None else bot_id[:64],
                outcome=outcome[:40],
                detail=detail[:2_000],
            )
            session.add(row)
            await session.flush()
            await session.execute(delete(AuditRow).where(AuditRow.id <= row.id - AUDIT_KEPT))

    async def audit_log(self, most: int = 100) -> list[AuditRecord]:
        """The newest commands, the newest first."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(most))
            return [
                AuditRecord(row.at, row.who, row.action, row.bot_id, row.outcome, row.detail)
                for row in rows
            ]

    def _opened(self, row: VersionRow) -> ConfigVersion:
        return ConfigVersion(_version_record(row), self._cipher.decrypted(row.content))

    async def _forget_old(self, session: AsyncSession, bot: BotRow) -> None:
        rows = await _rows(session, bot.id)
        runs = (bot.report or {}).get("version")
        for row in rows[self._kept :]:
            if row.version not in (bot.desired_version, runs):
                await session.delete(row)


@contextlib.asynccontextmanager
async def open_control_store(
    location: Location, cipher: ConfigCipher, versions_kept: int = 20
) -> AsyncIterator[ControlStore]:
    """Open the database, and bring its tables to this version; closed at the end.

    Raises:
        DatabaseUnusable: it cannot be used, and was left as it is; the text says what to do.
    """
    async with open_engine(location) as database:
        try:
            await upgrade(database, migrations=MIGRATIONS)
        except WORKING_ERRORS as error:
            raise as_unusable(location, error) from error
        yield ControlStore(database, cipher, versions_kept)


async def _bot(session: AsyncSession, bot_id: str) -> BotRow:
    row = await session.get(BotRow, bot_id)
    if row is None:
        raise UnknownBot(f"there is no bot {bot_id[:80]!r}")
    return row


async def _version(session: AsyncSession, bot_id: str, number: int) -> VersionRow:
    row = await session.get(VersionRow, (bot_id, number))
    if row is None:
        raise UnknownVersion(f"version {number} of {bot_id} is not kept")
    return row


async def _rows(session: AsyncSession, bot_id: str) -> list[VersionRow]:
    newest = VersionRow.version.desc()
    found = select(VersionRow).where(VersionRow.bot_id == bot_id).order_by(newest)
    return list(await session.scalars(found))


async def _desired(session: AsyncSession, bot: BotRow) -> VersionRecord | None:
    if bot.desired_version is None:
        return None
    return _version_record(await _version(session, bot.id, bot.desired_version))


async def _record(session: AsyncSession, row: BotRow) -> BotRecord:
    return BotRecord(
        row.id,
        row.created_at,
        await _desired(session, row),
        None if row.report is None else BotReport(**row.report),
        row.last_seen_at,
        row.metrics or {},
        row.metrics_at,
    )


def _version_record(row: VersionRow) -> VersionRecord:
    outcome: Any = row.outcome
    return VersionRecord(
        row.bot_id,
        row.version,
        row.hash,
        row.size,
        row.made_at,
        row.made_by,
        row.origin,
        row.note,
        tuple(row.paths),
        outcome,
        row.reason,
        tuple(row.restart_needed),
        row.answered_at,
    )


def _level(row: EventRow) -> Any:
    return row.level


def _now() -> datetime:
    return datetime.now(UTC)
