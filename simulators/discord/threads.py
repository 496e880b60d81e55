"""Threads of text channels (API docs, "Threads")."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

import discord

from simulators.discord.accounts import Member
from simulators.discord.api_errors import thread_locked
from simulators.discord.api_objects import Json
from simulators.discord.world import ChannelType, TextChannel

ARCHIVE_MINUTES: Final = (60, 1440, 4320, 10080)
_MOST_COUNTED: Final = 50


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


@dataclass(eq=False)
class Thread(TextChannel):
    """A thread; its permissions are those of the channel that it is in."""

    parent: TextChannel = field(kw_only=True)
    owner: Member = field(kw_only=True)
    private: bool = False
    invitable: bool = True
    archive_minutes: int = ARCHIVE_MINUTES[-1]
    archived: bool = False
    locked: bool = False
    people: dict[int, Member] = field(default_factory=dict)
    """Its members by their user ids."""

    def __post_init__(self) -> None:
        self.type = ChannelType.PRIVATE_THREAD if self.private else ChannelType.PUBLIC_THREAD
        self._created_at = self._archive_changed_at = _now()
        self._joined_at: dict[int, str] = {}

    @property
    def home(self) -> TextChannel:
        return self.parent

    @property
    def listed(self) -> bool:
        return not self.archived and self.seen_by(self.guild.bot)

    def seen_by(self, member: Member) -> bool:
        """A private thread is seen by its members and by those who manage threads."""
        allowed = self.guild.permissions(member, self.parent)
        inside = member.user.id in self.people or allowed.manage_threads
        return allowed.view_channel and (inside or not self.private)

    def payload(self) -> Json:
        payload: Json = {
            "id": str(self.id),
            "type": self.type.value,
            "guild_id": str(self.guild.id),
            "parent_id": str(self.parent.id),
            "owner_id": str(self.owner.user.id),
            "name": self.name,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "message_count": 0,
            "total_message_sent": 0,
            "member_count": min(len(self.people), _MOST_COUNTED),
            "flags": 0,
            "thread_metadata": {
                "archived": self.archived,
                "auto_archive_duration": self.archive_minutes,
                "archive_timestamp": self._archive_changed_at,
                "locked": self.locked,
                "create_timestamp": self._created_at,
            },
        }
        if self.private:
            payload["thread_metadata"]["invitable"] = self.invitable
        if self.guild.bot.user.id in self.people:
            payload["member"] = self.member_payload(self.guild.bot)
        return payload

    def member_payload(self, member: Member) -> Json:
        return {
            "id": str(self.id),
            "user_id": str(member.user.id),
            "join_timestamp": self._joined_at[member.user.id],
            "flags": 0,
        }

    # -- changes -------------------------------------------------------------------------------

    def open(self) -> None:
        """Put it into the guild, with its owner as the first member."""
        self.guild.threads[self.id] = self
        self.people[self.owner.user.id] = self.owner
        self._joined_at[self.owner.user.id] = _now()
        self._tell("THREAD_CREATE", self.payload() | {"newly_created": True})
        self._members_changed(added=[self.owner])

    def change(
        self,
        *,
        name: str | None = None,
        archived: bool | None = None,
        locked: bool | None = None,
        archive_minutes: int | None = None,
        invitable: bool | None = None,
    ) -> None:
        """Change what is given, and send the events."""
        if archived is not None and archived != self.archived:
            self.archived, self._archive_changed_at = archived, _now()
        self.name = self.name if name is None else name
        self.locked = self.locked if locked is None else locked
        self.invitable = self.invitable if invitable is None else invitable
        self.archive_minutes = archive_minutes or self.archive_minutes
        self._tell("THREAD_UPDATE", self.payload())
        bot = self.guild.bot
        if archived is False and bot.user.id in self.people:
            about = {"guild_id": str(self.guild.id)}
            self._tell("THREAD_MEMBER_UPDATE", self.member_payload(bot) | about)

    def wake(self, allowed: discord.Permissions) -> None:
        """A message unarchives the thread. Raises ApiRefusal (160005) if it is locked."""
        if self.locked and not allowed.manage_threads:
            raise thread_locked()
        if self.archived:
            self.change(archived=False)

    def add(self, member: Member) -> None:
        """Add a member; one who is inside already is no error."""
        if member.user.id in self.people:
            return
        self.people[member.user.id] = member
        self._joined_at[member.user.id] = _now()
        if member is self.guild.bot:
            self._tell("THREAD_CREATE", self.payload())
        self._members_changed(added=[member])

    def remove(self, member: Member) -> None:
        if self.people.pop(member.user.id, None) is not None:
            self._members_changed(removed=[member])

    def delete(self) -> None:
        self.guild.threads.pop(self.id, None)
        keys = ("id", "guild_id", "parent_id", "type")
        self._tell("THREAD_DELETE", {key: self.payload()[key] for key in keys})

    def _members_changed(
        self, *, added: list[Member] | None = None, removed: list[Member] | None = None
    ) -> None:
        data: Json = {
            "id": str(self.id),
            "guild_id": str(self.guild.id),
            "member_count": min(len(self.people), _MOST_COUNTED),
        }
        if added:
            data["added_members"] = [
                self.member_payload(each) | {"member": each.payload(), "presence": None}
                for each in added
            ]
        if removed:
            data["removed_member_ids"] = [str(each.user.id) for each in removed]
        # The member itself is told even where it can no longer see the thread.
        if self.seen_by(self.guild.bot) or self.guild.bot in (removed or []):
            self.guild.emit("THREAD_MEMBERS_UPDATE", data, self.guild.id)

    def _tell(self, event: str, data: Json) -> None:
        if self.seen_by(self.guild.bot):
            self.guild.emit(event, data, self.guild.id)
