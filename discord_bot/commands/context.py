"""What every command needs to know of the interaction that called it."""

from __future__ import annotations

import discord

from discord_bot.errors import NotInVoice
from discord_bot.voice_session import TextChannel


def member_of(interaction: discord.Interaction) -> discord.Member:
    """Who called; a guild command always has a member."""
    if not isinstance(interaction.user, discord.Member):
        raise NotInVoice("This works in a server only.")
    return interaction.user


def guild_of(interaction: discord.Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise NotInVoice("This works in a server only.")
    return interaction.guild


def text_channel_of(interaction: discord.Interaction) -> TextChannel:
    """Where the command was typed: what cannot be spoken is written there."""
    if not isinstance(interaction.channel, discord.abc.Messageable):
        raise NotInVoice("Call me from a text channel or a voice channel's chat.")
    return interaction.channel


def may_write(interaction: discord.Interaction) -> bool:
    """Whether the bot may post where the command was typed; answering it is always allowed."""
    allowed = interaction.app_permissions
    if isinstance(interaction.channel, discord.Thread):
        return allowed.send_messages_in_threads
    return allowed.send_messages
