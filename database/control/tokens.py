"""The tokens of bots, operators and readers, kept as hashes.

A token has 256 random bits, so its SHA-256 says nothing about it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from configuration.desired.errors import NameUnusable, UnknownBot
from configuration.desired.records import (
    TOKEN_PREFIXES,
    PersonKind,
    TokenHolder,
    TokenKind,
    checked_name,
)
from database.control.tables import BotRow, TokenRow
from database.engine import Database


class Tokens:
    """Issues and withdraws tokens. A token is returned once, and kept nowhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def holder(self, token: str) -> TokenHolder | None:
        """Whose token it is; None if it is none of ours, or withdrawn."""
        async with self._database.reading() as session:
            row = await session.get(TokenRow, _digest(token))
        if row is None:
            return None
        return TokenHolder(_kind(row), row.name, row.bot_id)

    async def add_person(self, kind: PersonKind, name: str) -> str:
        """A token for an operator or a reader.

        Raises:
            NameUnusable: it is no name, or taken.
        """
        checked_name(name, f"the name of the {kind}")
        async with self._database.writing() as session:
            if name in await _people(session, kind):
                raise NameUnusable(
                    f"there is the {kind} {name!r} already: remove it first, or name another"
                )
            return _issue(session, kind, name, None)

    async def remove_person(self, kind: PersonKind, name: str) -> None:
        """
        Raises:
            NameUnusable: there is none.
        """
        async with self._database.writing() as session:
            known = await _people(session, kind)
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise NameUnusable(f"there is no {kind} {name[:80]!r}; there are: {there}")
            await session.execute(delete(TokenRow).where(*_of(kind), TokenRow.name == name))

    async def people(self, kind: PersonKind) -> dict[str, datetime]:
        """When the token of each operator or reader was made, by name."""
        async with self._database.reading() as session:
            return await _people(session, kind)

    async def renew(self, bot_id: str) -> str:
        """A new token of a bot; those before are withdrawn.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.writing() as session:
            await self._withdraw(session, bot_id)
            return _issue(session, "bot", bot_id, bot_id)

    async def withdraw(self, bot_id: str) -> None:
        """Withdraw the token of a bot.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.writing() as session:
            await self._withdraw(session, bot_id)

    async def _withdraw(self, session: AsyncSession, bot_id: str) -> None:
        if await session.get(BotRow, bot_id) is None:
            raise UnknownBot(f"there is no bot {bot_id[:80]!r}")
        await session.execute(delete(TokenRow).where(TokenRow.bot_id == bot_id))


def _kind(row: TokenRow) -> TokenKind:
    if row.is_operator:
        return "operator"
    return "reader" if row.bot_id is None else "bot"


def _of(kind: PersonKind) -> tuple[ColumnElement[bool], ...]:
    """The rows of operators, or of readers."""
    if kind == "operator":
        return (TokenRow.is_operator.is_(True),)
    return (TokenRow.is_operator.is_(False), TokenRow.bot_id.is_(None))


def _issue(session: AsyncSession, kind: TokenKind, name: str, bot_id: str | None) -> str:
    token = TOKEN_PREFIXES[kind] + secrets.token_urlsafe(32)
    session.add(
        TokenRow(
            sha256=_digest(token),
            is_operator=kind == "operator",
            name=name,
            bot_id=bot_id,
            created_at=datetime.now(UTC),
        )
    )
    return token


async def _people(session: AsyncSession, kind: PersonKind) -> dict[str, datetime]:
    rows = await session.scalars(select(TokenRow).where(*_of(kind)))
    return {row.name: row.created_at for row in sorted(rows, key=lambda row: row.name)}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
