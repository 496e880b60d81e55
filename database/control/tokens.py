"""The tokens of bots and operators, kept as hashes.

A token has 256 random bits, so its SHA-256 says nothing about it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from configuration.desired.errors import NameUnusable, UnknownBot
from configuration.desired.records import TokenHolder, checked_name
from database.control.tables import BotRow, TokenRow
from database.engine import Database

_BOT: Final = "ocb-"
_OPERATOR: Final = "oco-"
"""Let people and secret scanners tell what a token is for."""


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
        return TokenHolder("operator" if row.is_operator else "bot", row.name, row.bot_id)

    async def add_operator(self, name: str) -> str:
        """
        Raises:
            NameUnusable: it is no name, or taken.
        """
        checked_name(name, "the name of an operator")
        async with self._database.writing() as session:
            if name in await _operators(session):
                raise NameUnusable(
                    f"there is an operator {name!r} already: remove it first, or name another"
                )
            return _issue(session, name, None)

    async def remove_operator(self, name: str) -> None:
        """
        Raises:
            NameUnusable: there is none.
        """
        async with self._database.writing() as session:
            known = await _operators(session)
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise NameUnusable(f"there is no operator {name[:80]!r}; there are: {there}")
            await session.execute(
                delete(TokenRow).where(TokenRow.is_operator, TokenRow.name == name)
            )

    async def operators(self) -> dict[str, datetime]:
        """When the token of each operator was made, by name."""
        async with self._database.reading() as session:
            return await _operators(session)

    async def renew(self, bot_id: str) -> str:
        """A new token of a bot; those before are withdrawn.

        Raises:
            UnknownBot: there is none.
        """
        async with self._database.writing() as session:
            await self._withdraw(session, bot_id)
            return _issue(session, bot_id, bot_id)

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


def _issue(session: AsyncSession, name: str, bot_id: str | None) -> str:
    token = (_OPERATOR if bot_id is None else _BOT) + secrets.token_urlsafe(32)
    session.add(
        TokenRow(
            sha256=_digest(token),
            is_operator=bot_id is None,
            name=name,
            bot_id=bot_id,
            created_at=datetime.now(UTC),
        )
    )
    return token


async def _operators(session: AsyncSession) -> dict[str, datetime]:
    rows = await session.scalars(select(TokenRow).where(TokenRow.is_operator))
    return {row.name: row.created_at for row in sorted(rows, key=lambda row: row.name)}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
