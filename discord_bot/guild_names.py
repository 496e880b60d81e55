"""The names of members, channels and roles of one guild, from discord.py's cache."""

from __future__ import annotations

from collections.abc import Callable

import discord


class GuildNames:
    """A `pipeline.ports.NameResolver`. ``own_name()`` is the bot's own name, that of its agent."""

    def __init__(self, client: discord.Client, guild_id: int, own_name: Callable[[], str]) -> None:
        self._client = client
        self._guild_id = guild_id
        self._own_name = own_name

    def person(self, number: int) -> str | None:
        if self._client.user is not None and self._client.user.id == number:
            return self._own_name()
        member = None if (guild := self._guild) is None else guild.get_member(number)
        known = member or self._client.get_user(number)
        return None if known is None else known.display_name

    def channel(self, number: int) -> str | None:
        channel = None if (guild := self._guild) is None else guild.get_channel_or_thread(number)
        return None if channel is None else channel.name

    def role(self, number: int) -> str | None:
        role = None if (guild := self._guild) is None else guild.get_role(number)
        return None if role is None else role.name.removeprefix("@")

    @property
    def _guild(self) -> discord.Guild | None:
        return self._client.get_guild(self._guild_id)
