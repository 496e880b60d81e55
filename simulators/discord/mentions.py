"""Who is notified by a message (API reference, "Allowed Mentions Object")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulators.discord.payloads import Snowflake

_USER: Final = re.compile(r"<@!?(\d{1,20})>")
_ROLE: Final = re.compile(r"<@&(\d{1,20})>")
_EVERYONE: Final = re.compile(r"@(everyone|here)\b")


class AllowedMentions(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    parse: list[Literal["roles", "users", "everyone"]] | None = None
    roles: list[Snowflake] = Field([], max_length=100)
    users: list[Snowflake] = Field([], max_length=100)

    @model_validator(mode="after")
    def _one_way(self) -> AllowedMentions:
        for kind in ("roles", "users"):
            if getattr(self, kind) and kind in (self.parse or []):
                raise ValueError(f"{kind} is either in parse, or a list of ids")
        return self


@dataclass(frozen=True)
class Pings:
    """The ids of users and roles that a message notifies."""

    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


def pings(content: str, allowed: AllowedMentions | None) -> Pings:
    """Whom a text notifies; without ``allowed``, all that it mentions."""
    users = {int(found) for found in _USER.findall(content)}
    roles = {int(found) for found in _ROLE.findall(content)}
    everyone = _EVERYONE.search(content) is not None
    if allowed is not None:
        parse = allowed.parse or []
        users = users if "users" in parse else users & set(allowed.users)
        roles = roles if "roles" in parse else roles & set(allowed.roles)
        everyone = everyone and "everyone" in parse
    return Pings(frozenset(users), frozenset(roles), everyone)
