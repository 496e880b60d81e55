"""Accounts and their membership in a guild, and how the API shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

import discord

from simulators.discord.api_objects import LONG_AGO, Json, role_payload, snowflake
from simulators.discord.roles import GuildRole


@dataclass(eq=False)
class User:
    """An account."""

    name: str
    bot: bool = False
    id: int = field(default_factory=snowflake)
    locale: str = "en-US"
    """The language of the account's client."""

    def payload(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "_"),
            "discriminator": "0",
            "global_name": self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Member:
    """An account in a guild, with its own role for its permissions."""

    user: User
    permissions: discord.Permissions
    role_id: int = field(default_factory=snowflake)
    roles: list[GuildRole] = field(default_factory=list)
    """The roles besides its own."""
    nick: str | None = None

    @property
    def display_name(self) -> str:
        return self.nick or self.user.name

    @property
    def role_ids(self) -> list[int]:
        return [self.role_id, *(role.id for role in self.roles)]

    def payload(self) -> Json:
        return {
            "user": self.user.payload(),
            "nick": self.nick,
            "avatar": None,
            "roles": [str(each) for each in self.role_ids],
            "joined_at": LONG_AGO,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
        }

    def role(self) -> Json:
        return role_payload(self.role_id, self.user.name, self.permissions)
