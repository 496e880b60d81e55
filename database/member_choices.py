"""What members chose: to be left out of voice, to be heard, to be followed, to be written down.

A choice holds in one guild or everywhere. The last word counts: a choice for everywhere replaces
those in single guilds, and a choice in one guild holds there over the one for everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias, cast

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from database.engine import Database
from database.tables import EVERYWHERE, MemberChoiceRow
from database.writer import ChangeWriter, Kept

Hearing: TypeAlias = Literal["left_out", "agreed", "excluded"]
OwnHearing: TypeAlias = Literal["left_out", "agreed"]
"""What members choose for themselves."""
NOT_HEARD: Final = ("left_out", "excluded")
"""Kept when a member or a guild is forgotten: no model gets that audio later either."""


@dataclass(frozen=True, slots=True)
class MemberChoice:
    """What a member chose; None where nothing."""

    hearing: Hearing | None = None
    """``left_out``: no model gets their audio. ``agreed``: they may be heard where a guild
    requires that. ``excluded``: those who manage a guild left them out there; only they undo it."""
    follow: bool | None = None
    """Whether the bot follows them into voice channels."""
    transcript: bool | None = None
    """Whether they agreed that transcripts have their words."""

    def over(self, other: MemberChoice) -> MemberChoice:
        """This choice, and the ``other`` one where this has nothing."""
        return MemberChoice(
            other.hearing if self.hearing is None else self.hearing,
            other.follow if self.follow is None else self.follow,
            other.transcript if self.transcript is None else self.transcript,
        )


NO_CHOICE = MemberChoice()


class MemberChoices:
    """The choices of all members. Reading is synchronous, fit for every packet."""

    def __init__(self, writer: ChangeWriter) -> None:
        self._writer = writer
        self._choices: dict[tuple[int, int], MemberChoice] = {}
        """By member and guild."""

    def of(self, guild_id: int, member_id: int) -> MemberChoice:
        """What holds for a member in a guild."""
        everywhere = self._choices.get((member_id, EVERYWHERE))
        here = self._choices.get((member_id, guild_id))
        if here is None:
            return everywhere or NO_CHOICE
        return here if everywhere is None else here.over(everywhere)

    def followed(self, guild_id: int) -> set[int]:
        """The members that asked the bot to follow them in a guild."""
        members = {member for (member, guild) in self._choices if guild in (EVERYWHERE, guild_id)}
        return {member for member in members if self.of(guild_id, member).follow}

    def choose(
        self,
        member_id: int,
        guild_id: int = EVERYWHERE,
        *,
        hearing: OwnHearing | None = None,
        follow: bool | None = None,
        transcript: bool | None = None,
    ) -> Kept:
        """Choose what is given, in one guild or everywhere; the rest stays as it is.

        An exclusion by those who manage a guild stays, whatever the member chooses.
        """
        new = MemberChoice(hearing, follow, transcript)
        if guild_id == EVERYWHERE:
            self._clear_single(member_id, new)
        before = self._choices.get((member_id, guild_id), NO_CHOICE)
        if before.hearing == "excluded":
            new = replace(new, hearing=None)
        return self._keep(member_id, guild_id, new.over(before), new)

    def exclude(self, member_id: int, guild_id: int) -> Kept:
        """Leave a member out in one guild, by those who manage it; `readmit` undoes it.

        A member who has left themselves out there stays so.
        """
        before = self._choices.get((member_id, guild_id), NO_CHOICE)
        if before.hearing == "left_out":
            return Kept()
        return self._keep(member_id, guild_id, replace(before, hearing="excluded"))

    def readmit(self, member_id: int, guild_id: int) -> Kept:
        """Undo `exclude`. The member's own choices for everywhere hold again."""
        before = self._choices.get((member_id, guild_id), NO_CHOICE)
        if before.hearing != "excluded":
            return Kept()
        return self._keep(member_id, guild_id, replace(before, hearing=None))

    def _keep(
        self, member_id: int, guild_id: int, after: MemberChoice, new: MemberChoice = NO_CHOICE
    ) -> Kept:
        self._choices[(member_id, guild_id)] = after
        values = {
            "hearing": after.hearing,
            "follow": after.follow,
            "transcript": after.transcript,
            "changed_at": datetime.now(UTC),
        }

        async def write(database: Database, session: AsyncSession) -> None:
            if guild_id == EVERYWHERE:
                await _clear_rows(session, member_id, new)
            keys = {"member_id": member_id, "guild_id": guild_id}
            await database.upsert(session, MemberChoiceRow, keys, values)

        return self._writer.write(write)

    # -- for the store ------------------------------------------------------------------------

    def forget_guild(self, guild_id: int) -> None:
        """Drop the choices in a guild from memory, but for leaving out."""
        self._keep_left_out([key for key in self._choices if key[1] == guild_id])

    def forget_member(self, member_id: int) -> bool:
        """Drop a member's choices from memory, but for leaving out; whether that is kept."""
        self._keep_left_out([key for key in self._choices if key[0] == member_id])
        return any(key[0] == member_id for key in self._choices)

    async def load(self, session: AsyncSession) -> dict[tuple[int, int], MemberChoice]:
        """What the database has; `take` puts it in place."""
        return {
            (row.member_id, row.guild_id): MemberChoice(
                cast(Hearing | None, row.hearing), row.follow, row.transcript
            )
            for row in await session.scalars(select(MemberChoiceRow))
        }

    def take(self, found: Mapping[tuple[int, int], MemberChoice]) -> None:
        """Replace what is in memory."""
        self._choices = dict(found)

    def _clear_single(self, member_id: int, new: MemberChoice) -> None:
        cleared = dict.fromkeys(_given(new))
        for key, choice in self._choices.items():
            if key[0] == member_id and key[1] != EVERYWHERE:
                kept: dict[str, Any] = (
                    {"hearing": choice.hearing} if choice.hearing == "excluded" else {}
                )
                self._choices[key] = replace(choice, **(cleared | kept))

    def _keep_left_out(self, keys: list[tuple[int, int]]) -> None:
        for key in keys:
            hearing = self._choices[key].hearing
            if hearing in NOT_HEARD:
                self._choices[key] = MemberChoice(hearing)
            else:
                del self._choices[key]


def _given(choice: MemberChoice) -> list[str]:
    names = ("hearing", "follow", "transcript")
    return [name for name in names if getattr(choice, name) is not None]


async def _clear_rows(session: AsyncSession, member_id: int, new: MemberChoice) -> None:
    cleared = dict.fromkeys(_given(new))
    rows = (MemberChoiceRow.member_id == member_id, MemberChoiceRow.guild_id != EVERYWHERE)
    for name in cleared:
        column = getattr(MemberChoiceRow, name)
        also = [or_(column.is_(None), column != "excluded")] if name == "hearing" else []
        await session.execute(update(MemberChoiceRow).where(*rows, *also).values({name: None}))


async def forget_choices(session: AsyncSession, which: ColumnElement[bool]) -> int:
    """Delete the choices of some rows, but for leaving out; returns how many are left."""
    left_out = MemberChoiceRow.hearing.in_(NOT_HEARD)
    others = or_(MemberChoiceRow.hearing.is_(None), ~left_out)
    await session.execute(delete(MemberChoiceRow).where(which, others))
    await session.execute(
        update(MemberChoiceRow).where(which, left_out).values(follow=None, transcript=None)
    )
    count = select(func.count()).select_from(MemberChoiceRow).where(which)
    return await session.scalar(count) or 0
