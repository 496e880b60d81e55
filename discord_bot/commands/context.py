"""Reads the member, the guild and the channel from a command's interaction."""

from __future__ import annotations

import discord

from discord_bot.bot import VoiceBot
from discord_bot.call.room_chat import TextChannel
from discord_bot.errors import NotInVoice
from translations import Text, message, verbatim


def member_of(interaction: discord.Interaction) -> discord.Member:
    """The member who ran the command; a guild command always has one."""
    if not isinstance(interaction.user, discord.Member):
        raise NotInVoice(message("This works in a server only."))
    return interaction.user


def name_of(member: discord.Member) -> Text:
    """A member's name for a message, with its markdown escaped."""
    return verbatim(discord.utils.escape_markdown(member.display_name))


def guild_of(interaction: discord.Interaction) -> discord.Guild:
    if interaction.guild is None:
        raise NotInVoice(message("This works in a server only."))
    return interaction.guild


def text_channel_of(interaction: discord.Interaction) -> TextChannel:
    """The channel of the command: the bot posts there what it cannot speak."""
    if not isinstance(interaction.channel, discord.abc.Messageable):
        raise NotInVoice(message("Call me from a text channel or a voice channel's chat."))
    return interaction.channel


def may_write(interaction: discord.Interaction) -> bool:
    """Whether the bot may post in the command's channel. An answer is always allowed."""
    allowed = interaction.app_permissions
    if isinstance(interaction.channel, discord.Thread):
        return allowed.send_messages_in_threads
    return allowed.send_messages


async def tell_call(bot: VoiceBot, interaction: discord.Interaction, text: Text) -> None:
    """Tell those in the guild's call, if there is one, of what a public answer said already."""
    session = bot.sessions.get(interaction.guild_id or 0)
    if session is not None and session.joined:
        await session.tell(text, answered_in=interaction.channel_id)
