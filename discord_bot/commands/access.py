"""What all slash commands have in common: where they are offered, to whom, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot

C = TypeVar("C", bound=Callable[..., Any])
G = TypeVar("G", bound=commands.GroupCog)

_PER_S: Final = 60.0


def offered(callback: C) -> C:
    """Offer a command in servers only, to members who may connect to voice, with a rate limit.

    A server can change who sees a command (Server Settings, Integrations). What a member may do to
    a call is a question of `discord_bot.rights`, also for those who see the command.
    """
    callback = app_commands.guild_only(callback)
    callback = app_commands.allowed_installs(guilds=True, users=False)(callback)
    callback = app_commands.default_permissions(connect=True)(callback)
    return app_commands.checks.dynamic_cooldown(_rate, key=_member)(callback)


def offered_group(cog: type[G]) -> type[G]:
    """Offer the commands of a group in servers only, to members who may connect to voice; each of
    them needs `limited` too."""
    cog = app_commands.guild_only(cog)
    cog = app_commands.allowed_installs(guilds=True, users=False)(cog)
    return app_commands.default_permissions(connect=True)(cog)


def limited(callback: C) -> C:
    """The rate limit of `offered`, for a command in a group."""
    return app_commands.checks.dynamic_cooldown(_rate, key=_member)(callback)


def offered_menu(menu: app_commands.ContextMenu) -> None:
    """Offer a context menu as `offered` offers slash commands."""
    menu.guild_only = True
    menu.allowed_contexts = app_commands.AppCommandContext(guild=True)
    menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)
    menu.default_permissions = discord.Permissions(connect=True)
    app_commands.checks.dynamic_cooldown(_rate, key=_member)(menu)


def _rate(interaction: discord.Interaction) -> app_commands.Cooldown | None:
    """The limit of one member for one command; None for no limit."""
    client = interaction.client
    often = client.settings.commands_per_minute if isinstance(client, VoiceBot) else 0
    return app_commands.Cooldown(often, _PER_S) if often else None


def _member(interaction: discord.Interaction) -> tuple[int | None, int]:
    return interaction.guild_id, interaction.user.id
