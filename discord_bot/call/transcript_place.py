"""Where the transcript of a call is posted: in a thread of its text channel, or in its own chat.

Pure: reads discord.py's cache.
"""

from __future__ import annotations

import discord

from discord_bot.call.voice_channel import VoiceChannel
from translations import Text, listing, message


def thread_parent(
    text: discord.abc.Messageable, channel: VoiceChannel
) -> discord.TextChannel | None:
    """The text channel that gets the thread; None where the voice channel's own chat gets the
    lines: where there are no threads, where the bot may not create them, or where more members
    would read them than can see the voice channel."""
    if not isinstance(text, discord.TextChannel) or open_to_others(text, channel):
        return None
    return None if lacking(text) else text


def open_to_others(text: discord.TextChannel, channel: VoiceChannel) -> bool:
    """Whether a role sees a text channel, and not the voice channel."""
    return any(
        text.permissions_for(role).view_channel and not channel.permissions_for(role).view_channel
        for role in channel.guild.roles
    )


def lacking(text: discord.TextChannel) -> list[Text]:
    """The permissions that the bot lacks for threads there, by their names in Discord."""
    allowed = text.permissions_for(text.guild.me)
    missing: list[Text] = []
    if not allowed.create_public_threads:
        missing.append(message("Create Public Threads"))
    if not allowed.send_messages_in_threads:
        missing.append(message("Send Messages in Threads"))
    return missing


def without_threads(text: discord.abc.Messageable) -> Text | None:
    """That transcripts get no thread in a channel, and what would change that; None if they do."""
    if not isinstance(text, discord.TextChannel) or not (missing := lacking(text)):
        return None
    return message(
        "I may not write threads in {channel}, so transcripts go to the chat of the voice channel. "
        "A member who may manage roles can give me: {permissions}.",
        channel=text.mention,
        permissions=listing(missing),
    )
