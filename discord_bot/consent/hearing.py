"""Who is heard in a guild's calls, and why a member is not. The choice of each member comes first.

A frame passes only if all of this holds, in this order:

| reason not to hear | who changes it |
| --- | --- |
| those who manage the server left the member out | they do |
| the member left themselves out | the member |
| the server requires consent, and the member has not given it | the member |
| the server chose whom the bot hears, and the member is not on its list | those who manage it |
| the member has not been told yet that the bot listens | the bot tells them |
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Final

import discord

from database.guild_settings import GuildSettings
from database.store import GuildStore
from database.writer import Kept
from discord_bot.rights import RightsOf, is_listed
from discord_bot.shared_memory import SharedMemory
from translations import Text, message


class Unheard(Enum):
    """Why a member is not heard."""

    EXCLUDED = "excluded"
    LEFT_OUT = "left_out"
    NOT_AGREED = "not_agreed"
    NOT_LISTED = "not_listed"
    NOT_TOLD = "not_told"


_TO_THE_MEMBER: Final = {
    Unheard.EXCLUDED: message(
        "I do not hear you in this server: those who manage it have left you out, and can undo it."
    ),
    Unheard.LEFT_OUT: message(
        "I do not hear you, because you chose to be left out. `/unignore` undoes it."
    ),
    Unheard.NOT_AGREED: message(
        "I do not hear you: this server lets me hear only members who have agreed. "
        "`/unignore` tells me that you do."
    ),
    Unheard.NOT_LISTED: message(
        "I do not hear you: this server has chosen whom I hear, and you are not among them."
    ),
    Unheard.NOT_TOLD: message(
        "I do not hear you yet: I hear only members whom I could tell that I listen."
    ),
}


def not_heard(reason: Unheard) -> Text:
    """The reason as a sentence to the member, with what they can do."""
    return _TO_THE_MEMBER[reason]


class Hearing:
    """Whom a guild's settings and the members' own choices let the bot hear.

    Reading is synchronous, fit for every packet.
    """

    def __init__(
        self, store: GuildStore, rights: RightsOf, memory: SharedMemory | None = None
    ) -> None:
        self._store = store
        self._rights = rights
        self._memory = memory

    def settings(self, guild_id: int) -> GuildSettings:
        """What a guild chose."""
        return self._store.settings.of(guild_id)

    def memory_of(self, guild_id: int) -> bool:
        """Whether the operator lets a guild's transcripts into the memory that agents share."""
        return self._memory is not None and self._memory.takes(guild_id)

    def admits(self, guild: discord.Guild, user_id: int, told: Collection[int]) -> bool:
        """Whether a user is heard; ``told`` are those who know that the bot listens."""
        return self.why_not(guild, user_id, told) is None

    def why_not(
        self, guild: discord.Guild, user_id: int, told: Collection[int] | None = None
    ) -> Unheard | None:
        """The first reason why a user is not heard; None if they are. Without ``told``, as for a
        user who has been told."""
        choice = self._store.members.of(guild.id, user_id).hearing
        member = guild.get_member(user_id)
        is_bot = member is not None and member.bot
        if choice == "excluded":
            return Unheard.EXCLUDED
        if choice == "left_out":
            return Unheard.LEFT_OUT
        if choice != "agreed" and not is_bot and self.settings(guild.id).require_opt_in:
            return Unheard.NOT_AGREED
        if not is_listed(user_id, member, self._rights(guild.id)):
            return Unheard.NOT_LISTED
        if told is not None and user_id not in told and not is_bot:
            return Unheard.NOT_TOLD
        return None

    # -- choices -----------------------------------------------------------------------------

    def leave_out(self, user_id: int, guild_id: int, *, everywhere: bool = False) -> Kept:
        """Keep a member's own choice not to be heard."""
        if everywhere:
            return self._store.members.choose(user_id, hearing="left_out")
        return self._store.members.choose(user_id, guild_id, hearing="left_out")

    def agree(self, user_id: int, guild_id: int, *, everywhere: bool = False) -> Kept:
        """Keep a member's own choice to be heard."""
        if everywhere:
            return self._store.members.choose(user_id, hearing="agreed")
        return self._store.members.choose(user_id, guild_id, hearing="agreed")

    def exclude(self, user_id: int, guild_id: int) -> Kept:
        """Keep that those who manage a guild left a member out."""
        return self._store.members.exclude(user_id, guild_id)

    def readmit(self, user_id: int, guild_id: int) -> Kept:
        """Undo `exclude`; the member's own choice holds again."""
        return self._store.members.readmit(user_id, guild_id)
