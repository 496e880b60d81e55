"""What the moderators of a guild do: roles, names, languages, regions."""

from __future__ import annotations

import discord

from simulators.discord.accounts import Member
from simulators.discord.api_objects import Json, role_payload
from simulators.discord.locales import check_locale
from simulators.discord.roles import GuildRole
from simulators.discord.world import SimulatedGuild, StageInstance


class Moderation:
    """A guild in the hands of its moderators; each change sends its event."""

    def __init__(self, guild: SimulatedGuild) -> None:
        self._guild = guild

    # -- roles ---------------------------------------------------------------------------------

    def add_role(self, name: str, **permissions: bool) -> GuildRole:
        role = GuildRole(name, discord.Permissions(**permissions))
        self._guild.roles[role.id] = role
        self._tell("GUILD_ROLE_CREATE", {"role": role.payload()})
        return role

    def change_role(self, role: GuildRole, **permissions: bool) -> None:
        """Grant permissions to a role, or with False take them."""
        role.permissions = _changed(role.permissions, permissions)
        self._tell("GUILD_ROLE_UPDATE", {"role": role.payload()})

    def remove_role(self, role: GuildRole) -> None:
        """Delete a role, also from its members and from the channels' overwrites."""
        guild = self._guild
        del guild.roles[role.id]
        for member in guild.members.values():
            if role in member.roles:
                self.take(member, role)
        for channel in guild.channels.values():
            if channel.overwrites.pop(role.id, None) is not None:
                self._tell("CHANNEL_UPDATE", channel.payload())
        self._tell("GUILD_ROLE_DELETE", {"role_id": str(role.id)})

    def change_everyone(self, **permissions: bool) -> None:
        """Grant permissions to @everyone, or with False take them."""
        guild = self._guild
        guild.everyone = _changed(guild.everyone, permissions)
        role = role_payload(guild.id, "@everyone", guild.everyone)
        self._tell("GUILD_ROLE_UPDATE", {"role": role})

    def give(self, member: Member, role: GuildRole) -> None:
        if role not in member.roles:
            member.roles.append(role)
            self._member_changed(member)

    def take(self, member: Member, role: GuildRole) -> None:
        member.roles.remove(role)
        self._member_changed(member)

    # -- names and places ----------------------------------------------------------------------

    def rename(self, member: Member, nick: str | None) -> None:
        """Change a member's nickname; None or an empty one removes it."""
        member.nick = nick or None
        self._member_changed(member)

    def change_locale(self, locale: str) -> None:
        """Change the guild's preferred language. Raises CannotRun."""
        self._guild.locale = check_locale(locale)
        payload = self._guild.payload(all_members=False, voice=False)
        left_out = ("members", "channels", "voice_states", "threads", "member_count", "presences")
        self._tell("GUILD_UPDATE", {k: v for k, v in payload.items() if k not in left_out})

    # -- stages --------------------------------------------------------------------------------

    def open_stage(self, stage: StageInstance) -> None:
        self._guild.stages[stage.channel.id] = stage
        self._tell("STAGE_INSTANCE_CREATE", stage.payload())

    def stage_changed(self, stage: StageInstance) -> None:
        self._tell("STAGE_INSTANCE_UPDATE", stage.payload())

    def close_stage(self, stage: StageInstance) -> None:
        self._guild.stages.pop(stage.channel.id, None)
        self._tell("STAGE_INSTANCE_DELETE", stage.payload())

    def _member_changed(self, member: Member) -> None:
        self._tell("GUILD_MEMBER_UPDATE", member.payload())

    def _tell(self, event: str, data: Json) -> None:
        guild = self._guild
        self._guild.emit(event, data | {"guild_id": str(guild.id)}, guild.id)


def _changed(old: discord.Permissions, permissions: dict[str, bool]) -> discord.Permissions:
    new = discord.Permissions(old.value)
    new.update(**permissions)
    return new
