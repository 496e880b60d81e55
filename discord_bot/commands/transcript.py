"""/transcript: writes down what is said in the calls, exports it and deletes it."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from database.errors import DatabaseError
from database.transcripts import CallTranscript
from discord_bot.bot import VoiceBot
from discord_bot.call.room_chat import TextChannel
from discord_bot.call.transcript_place import without_threads
from discord_bot.commands.access import limited, offered_group
from discord_bot.commands.confirm import ConfirmView
from discord_bot.commands.context import (
    forget_in_memory,
    guild_of,
    member_of,
    not_kept,
    text_channel_of,
)
from discord_bot.errors import DISCORD_FAILED, NotPossible
from discord_bot.languages import answer_language
from discord_bot.messages.posting import Attachment, answer
from discord_bot.messages.transcript_file import MOST_BYTES, transcript_file
from discord_bot.rights import check_manages
from translations import Text, lines, message, plural, sentences, verbatim

log = logging.getLogger(__name__)

FILE_NAME: Final = "transcript.txt"


@offered_group
class TranscriptCog(
    commands.GroupCog,
    group_name="transcript",
    description="What was said in the calls of this server, in writing.",
):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Write down what is said in the calls of this server.")
    @limited
    async def on(self, interaction: discord.Interaction) -> None:
        await self._switch(interaction, on=True)

    @app_commands.command(description="Stop writing down what is said.")
    @limited
    async def off(self, interaction: discord.Interaction) -> None:
        await self._switch(interaction, on=False)

    @app_commands.command(description="Choose whether your words are written down in this server.")
    @app_commands.describe(written="Whether your words are written down.")
    @limited
    async def me(self, interaction: discord.Interaction, written: bool) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        kept = self._bot.store.members.choose(member.id, guild.id, transcript=written)
        if written:
            text = message("Your words are written down where this server keeps transcripts.")
        else:
            self._bot.transcripts.forget_lines(guild.id, member.id)
            text = message(
                "Your words are no longer written down in this server. `/transcript delete` "
                "deletes those that were."
            )
        saved = await not_kept(interaction, kept, ephemeral=True)
        await answer(interaction, sentences(text, saved), ephemeral=True)

    @app_commands.command(description="Whether what is said is written down, where, and how long.")
    @limited
    async def status(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        settings = self._bot.store.settings.of(guild.id)
        place = self._bot.transcripts.place_of(guild.id)
        session = self._bot.sessions.get(guild.id)
        in_call = session is not None and session.joined
        shown: list[Text] = []
        if place is not None:
            where = str(getattr(place, "mention", ""))
            shown.append(message("This call is written down in {place}.", place=where))
        elif not settings.transcripts:
            shown.append(message("Nothing is written down in this server."))
        elif session is not None and in_call and not session.consent.told_of_transcript:
            shown.append(
                message("This call is not written down: I could not tell its members of it.")
            )
        elif in_call:
            shown.append(message("This call is written down from the first words on."))
        else:
            shown.append(message("Calls in this server are written down."))
        days = settings.transcript_retention_days
        shown.append(
            plural(
                "Transcripts are deleted after {count} day.",
                "Transcripts are deleted after {count} days.",
                count=days,
            )
        )
        if self._bot.store.members.of(guild.id, member.id).transcript is False:
            shown.append(message("Your words are left out."))
        await answer(interaction, sentences(*shown), ephemeral=True)

    @app_commands.command(description="Get what was said as a text file.")
    @app_commands.describe(whose="Whose words; those of all are for who manages this server.")
    @app_commands.choices(
        whose=[
            app_commands.Choice(name="mine, with the answers to me", value="mine"),
            app_commands.Choice(name="all", value="all"),
        ]
    )
    @limited
    async def export(self, interaction: discord.Interaction, whose: str) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        if whose == "all":
            check_manages(member)
        await interaction.response.defer(ephemeral=True)
        calls = await self._calls(guild.id)
        only = member.id if whose == "mine" else None
        content = await asyncio.to_thread(transcript_file, calls, _channel_names(guild), only)
        if not content:
            nothing = (
                message("Nothing is written down here.")
                if only is None
                else message("No words of yours are written down here.")
            )
            await answer(interaction, nothing, ephemeral=True)
            return
        text = message("What I keep is in {file}.", file=FILE_NAME)
        if len(content) >= MOST_BYTES:
            text = sentences(text, message("It has the newest calls; the file would be too large."))
        file = Attachment(FILE_NAME, content)
        await answer(interaction, text, ephemeral=True, attachment=file)

    @app_commands.command(description="Delete what was written down.")
    @app_commands.describe(whose="Whose words; those of all are for who manages this server.")
    @app_commands.choices(
        whose=[
            app_commands.Choice(name="mine, with the answers to me", value="mine"),
            app_commands.Choice(name="all", value="all"),
        ]
    )
    @limited
    async def delete(self, interaction: discord.Interaction, whose: str) -> None:
        if whose == "all":
            check_manages(member_of(interaction))
            text = message(
                "This deletes every transcript of this server, and its threads. It cannot be "
                "undone."
            )
            label, confirmed = message("Delete all"), self._delete_all
        else:
            text = message(
                "This deletes your words and the answers to you from my database. What was posted "
                "in threads stays there. It cannot be undone."
            )
            label, confirmed = message("Delete mine"), self._delete_mine
        language = answer_language(interaction, private=True)
        view = ConfirmView(label, language, confirmed)
        await answer(interaction, text, ephemeral=True, view=view)

    # -- internal ----------------------------------------------------------------------------

    async def _switch(self, interaction: discord.Interaction, *, on: bool) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        check_manages(member)
        settings = self._bot.store.settings
        if settings.of(guild.id).transcripts == on:
            text = (
                message("Calls are written down already.")
                if on
                else message("Calls are not written down anyway.")
            )
            await answer(interaction, text, ephemeral=True)
            return
        # The members of a running call are told of it before its first line is written.
        kept = settings.set(guild.id, "transcripts", on, by=member.id)
        if on:
            text = sentences(
                plural(
                    "From now on, what is said in calls is written down and kept for {count} day. "
                    "Those in a call are told first.",
                    "From now on, what is said in calls is written down and kept for {count} days. "
                    "Those in a call are told first.",
                    count=settings.of(guild.id).transcript_retention_days,
                ),
                without_threads(self._text_channel(interaction)),
            )
        else:
            text = message(
                "From now on, nothing is written down. `/transcript delete` deletes what was."
            )
        saved = await not_kept(interaction, kept, ephemeral=True)
        await answer(interaction, sentences(text, saved), ephemeral=True)

    def _text_channel(self, interaction: discord.Interaction) -> TextChannel:
        """That of the running call, or of the command."""
        session = self._bot.sessions.get(guild_of(interaction).id)
        if session is not None and not session.over:
            return session.text
        return text_channel_of(interaction)

    async def _calls(self, guild_id: int) -> list[CallTranscript]:
        """
        Raises:
            NotPossible: there is no database, or it cannot be read now.
        """
        try:
            return await self._bot.store.transcripts.of(guild_id)
        except (DatabaseError, OSError) as error:
            raise _no_database(error) from error

    async def _delete_mine(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        await interaction.response.defer(ephemeral=True)
        self._bot.transcripts.forget_lines(guild.id, member.id)
        try:
            count = await self._bot.store.transcripts.delete_lines_of(guild.id, member.id)
        except DatabaseError as error:
            raise _no_database(error) from error
        text = plural("I have deleted {count} line.", "I have deleted {count} lines.", count=count)
        if not count:
            text = message("There was nothing to delete.")
        shared = await forget_in_memory(self._bot, guild.id, member.id)
        await answer(interaction, sentences(text, shared), ephemeral=True)

    async def _delete_all(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        check_manages(member)  # the right may have been taken since
        await interaction.response.defer(ephemeral=True)
        calls = await self._calls(guild.id)
        self._bot.transcripts.drop(guild.id)
        try:
            count = await self._bot.store.transcripts.delete(guild.id)
        except DatabaseError as error:
            raise _no_database(error) from error
        threads = {call.thread_id for call in calls if call.thread_id is not None}
        left = [each for each in sorted(threads) if not await _delete_thread(guild, each)]
        shown = [
            plural(
                "I have deleted {count} transcript.",
                "I have deleted {count} transcripts.",
                count=count,
            )
        ]
        if (shared := await forget_in_memory(self._bot, guild.id, None)) is not None:
            shown.append(shared)
        if left:
            mentions = verbatim(", ".join(f"<#{each}>" for each in left))
            shown.append(message("I could not delete these threads: {threads}.", threads=mentions))
        await answer(interaction, lines(shown), ephemeral=True)


def _channel_names(guild: discord.Guild) -> dict[int, str]:
    return {channel.id: channel.name for channel in guild.channels}


def _no_database(error: Exception) -> NotPossible:
    log.warning("transcripts cannot be read or deleted: %s", error)
    return NotPossible(message("I cannot get at the transcripts now; my operator's log says why."))


async def _delete_thread(guild: discord.Guild, thread_id: int) -> bool:
    """Delete a thread; False if Discord did not let the bot. One that is gone is deleted."""
    try:
        channel = guild.get_thread(thread_id) or await guild.fetch_channel(thread_id)
        if isinstance(channel, discord.Thread):
            await channel.delete()
    except discord.NotFound:
        return True
    except DISCORD_FAILED as error:
        log.info("guild %s: the thread of a transcript was not deleted: %s", guild.id, error)
        return False
    return True


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(TranscriptCog(bot))
