"""Reads the member, the guild and the channel from a command's interaction."""

from __future__ import annotations

import discord

from discord_bot.errors import NotInVoice
from discord_bot.voice_session import TextChannel


def member_of(interaction: discord.Interaction) -> discord.Member:
    """The member who ran the command; a guild command always has one."""
    if not isinstance(interaction.user, discord.Member):
        raise NotInVoice("This works in a server only.")
    return interaction.user


def guild_of(interaction: discord.Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise NotInVoice("This works in a server only.")
    return interaction.guild


def text_channel_of(interaction: discord.Interaction) -> TextChannel:
    """The channel of the command: the bot posts there what it cannot speak."""
    if not isinstance(interaction.channel, discord.abc.Messageable):
        raise NotInVoice("Call me from a text channel or a voice channel's chat.")
    return interaction.channel


def may_write(interaction: discord.Interaction) -> bool:
    """Whether the bot may post in the command's channel. An answer is always allowed."""
    allowed = interaction.app_permissions
    if isinstance(interaction.channel, discord.Thread):
        return allowed.send_messages_in_threads
    return allowed.send_messages
