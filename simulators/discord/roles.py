"""Roles, permission overwrites of channels, and what follows from them.

The order is that of the API reference, "Permissions": roles, then the channel's overwrites for
@everyone, for roles and for the member, then what other permissions imply.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

import discord

from simulators.discord.api_objects import Json, role_payload, snowflake


@dataclass(eq=False)
class GuildRole:
    """A role of a guild besides @everyone and the members' own."""

    name: str
    permissions: discord.Permissions
    id: int = field(default_factory=snowflake)

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    def payload(self) -> Json:
        return role_payload(self.id, self.name, self.permissions)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies one role or one member."""

    subject_id: int
    of_member: bool
    allow: int = 0
    deny: int = 0

    def changed(self, permissions: dict[str, bool | None]) -> Overwrite:
        """With each named permission allowed, denied, or (None) inherited again."""
        allow, deny = self.allow, self.deny
        for name, value in permissions.items():
            bit = discord.Permissions(**{name: True}).value
            allow, deny = allow & ~bit, deny & ~bit
            if value is not None:
                allow, deny = (allow | bit, deny) if value else (allow, deny | bit)
        return Overwrite(self.subject_id, self.of_member, allow, deny)

    def payload(self) -> Json:
        return {
            "id": str(self.subject_id),
            "type": int(self.of_member),
            "allow": str(self.allow),
            "deny": str(self.deny),
        }


def merged(*payloads: Json) -> list[Json]:
    """Overwrites as the API lists them: one for each subject; what one denies, none allows."""
    found: dict[str, Json] = {}
    for each in payloads:
        old = found.get(each["id"], {"allow": "0", "deny": "0"})
        deny = int(old["deny"]) | int(each["deny"])
        allow = (int(old["allow"]) | int(each["allow"])) & ~deny
        found[each["id"]] = each | {"allow": str(allow), "deny": str(deny)}
    return list(found.values())


def with_overwrites(
    value: int,
    overwrites: Iterable[Overwrite],
    *,
    everyone_id: int,
    role_ids: Collection[int],
    member_id: int,
) -> int:
    """A member's permissions after the overwrites of a channel."""
    for_everyone = for_roles = for_member = Overwrite(0, False)
    for each in overwrites:
        if each.of_member:
            for_member = each if each.subject_id == member_id else for_member
        elif each.subject_id == everyone_id:
            for_everyone = each
        elif each.subject_id in role_ids:
            allow, deny = for_roles.allow | each.allow, for_roles.deny | each.deny
            for_roles = Overwrite(0, False, allow, deny)
    for each in (for_everyone, for_roles, for_member):
        value = value & ~each.deny | each.allow
    return value


_NEEDS_SENDING: Final = discord.Permissions(
    mention_everyone=True, send_tts_messages=True, attach_files=True, embed_links=True
)
_NEEDS_CONNECT: Final = (
    discord.Permissions.voice().value
    | discord.Permissions(manage_channels=True, manage_roles=True).value
)


def implied(value: int, *, voice: bool, thread: bool = False) -> int:
    """A member's permissions in a channel without those that need one that is missing.

    In a thread "Send Messages" has no effect; "Send Messages in Threads" replaces it.
    """
    has = discord.Permissions(value)
    if not has.view_channel:
        return 0
    if not (has.send_messages_in_threads if thread else has.send_messages):
        value &= ~_NEEDS_SENDING.value
    if voice and not has.connect:
        value &= ~_NEEDS_CONNECT
    return value
