"""Reads the member, the guild and the channel from a command's interaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from typing import Final

import discord

from database.errors import ChangeNotKept
from discord_bot.bot import VoiceBot
from discord_bot.call.room_chat import TextChannel
from discord_bot.errors import NotInVoice
from pipeline.ports import Persona
from state import StateError
from translations import Text, message, verbatim

log = logging.getLogger(__name__)

PROMPT_S: Final = 1.0
"""Within this time a command is answered, or Discord shows that the bot is busy."""


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


async def forget_in_memory(
    bot: VoiceBot, guild_id: int | None, member_id: int | None
) -> Text | None:
    """Remove what the agents' shared memory has of a member, of a guild's transcripts, or of a
    member there; a sentence for members, None without such a memory."""
    if bot.memory is None:
        return None
    try:
        if member_id is not None:
            await bot.memory.forget(member_id, guild_id)
        elif guild_id is not None:
            await bot.memory.forget_transcripts(guild_id)
    except StateError as error:
        log.error("a wish to forget is not kept: %s", error)
        return message("I could not delete it in the agents' memory: try again in a few minutes.")
    return message("What the agents' memory has of it is removed there too, as soon as I reach it.")


async def not_kept(
    interaction: discord.Interaction, change: Awaitable[None], *, ephemeral: bool
) -> Text | None:
    """Wait until a change is on the disk; a sentence for members if it could not be saved.

    A database that others use may take longer than Discord waits for an answer: after `PROMPT_S`
    Discord shows that the bot is busy. ``ephemeral`` is that of the answer.
    """
    done = asyncio.ensure_future(is_kept(change))
    await asyncio.wait({done}, timeout=PROMPT_S)
    if not done.done() and not interaction.response.is_done():
        await interaction.response.defer(ephemeral=ephemeral, thinking=True)
    if await done:
        return None
    return message("But it could not be saved: it ends with my next restart.")


async def is_kept(change: Awaitable[None]) -> bool:
    """Wait until a change is on the disk; False if it could not be saved."""
    try:
        await change
    except ChangeNotKept as error:
        log.warning("a change is not kept: %s", error)
        return False
    return True


def persona_here(bot: VoiceBot, guild_id: int, agent: str) -> Persona:
    """An agent with the voice that the guild chose for it."""
    persona = bot.agents.persona(agent)
    name = bot.store.settings.of(guild_id).voices.get(agent)
    return persona if name is None else replace(persona, voice=replace(persona.voice, name=name))


def agent_here(bot: VoiceBot, guild_id: int) -> str:
    """The id of the agent that answers in a guild."""
    session = bot.sessions.get(guild_id)
    if session is not None and not session.over:
        return session.room.persona.agent
    return bot.store.settings.of(guild_id).agent


async def tell_call(
    bot: VoiceBot, interaction: discord.Interaction, text: Text, *, answered: bool = True
) -> None:
    """Tell those in the guild's call, if there is one; not in the channel of the command if a
    public answer said it there (``answered``)."""
    session = bot.sessions.get(interaction.guild_id or 0)
    if session is not None and session.joined:
        await session.tell(text, answered_in=interaction.channel_id if answered else None)
