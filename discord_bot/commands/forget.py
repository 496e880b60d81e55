"""/forget: deletes what the bot keeps of a member, and tells what stays where."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from database.errors import ChangeNotKept
from database.member_records import KEPT_LEFT_OUT, Forgotten
from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import forget_in_memory, guild_of, member_of
from discord_bot.consent.buttons import forget_buttons
from discord_bot.consent.kept import names_at_the_gateway, remembered
from discord_bot.languages import answer_language
from discord_bot.messages.posting import answer
from translations import Text, lines, message, plural, sentences


class ForgetCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Delete what I keep of you, in all servers.")
    @offered
    async def forget(self, interaction: discord.Interaction) -> None:
        await ask_to_forget(interaction)


async def ask_to_forget(interaction: discord.Interaction) -> None:
    """Ask the member before anything is deleted."""
    text = sentences(
        message(
            "I delete what I keep of you in all servers: your choices, your lines in transcripts, "
            "and your id in the histories of settings."
        ),
        message("If you are left out of voice, that stays. This cannot be undone."),
    )
    view = forget_buttons(answer_language(interaction, private=True))
    await answer(interaction, text, ephemeral=True, view=view)


async def keep(interaction: discord.Interaction) -> None:
    """The member does not want to be forgotten."""
    await _replace(interaction, message("I deleted nothing."))


async def forget(bot: VoiceBot, interaction: discord.Interaction) -> None:
    """Delete what is kept of the member who confirmed it, also what running calls remember."""
    guild, member = guild_of(interaction), member_of(interaction)
    await interaction.response.defer()
    for session in bot.sessions.values():
        session.forget_words(member.id)
        bot.transcripts.forget_lines(session.guild.id, member.id)
    try:
        forgotten = await bot.store.records.forget(member.id)
    except ChangeNotKept:
        text = message("I could not delete it now. Try again in a few minutes.")
        await _replace(interaction, text)
        return
    bot.hearing_changed()
    shared = bot.hearing.settings(guild.id).session_scope in ("channel", "guild")
    told, keys = _forgotten(forgotten), bot.conversations(guild.id, member.id)
    if (shared_memory := await forget_in_memory(bot, None, member.id)) is not None:
        told.append(shared_memory)
    gateway = remembered(keys, shared=shared)
    if gateway:
        stays = message("The OpenClaw Gateway still has what you said to agents.")
        told += [sentences(stays, *gateway), *names_at_the_gateway(keys)]
    await _replace(interaction, lines(told))


def _forgotten(done: Forgotten) -> list[Text]:
    count = sum(done.rows.values())
    told = [
        plural(
            "I deleted {count} entry about you, and what I remembered of you in running calls.",
            "I deleted {count} entries about you, and what I remembered of you in running calls.",
            count=count,
        )
    ]
    if KEPT_LEFT_OUT in done.kept:
        told.append(
            message("You stay left out of voice, so that no model gets your voice later either.")
        )
    if done.guilds:
        told.append(
            plural(
                "{count} server names you in its own rules: only its managers can change that.",
                "{count} servers name you in their own rules: only their managers can change that.",
                count=len(done.guilds),
            )
        )
    return told


async def _replace(interaction: discord.Interaction, text: Text) -> None:
    """Put a text in the place of the question and its buttons."""
    words = text.to(answer_language(interaction, private=True))
    if interaction.response.is_done():
        await interaction.edit_original_response(content=words, view=None)
    else:
        await interaction.response.edit_message(content=words, view=None)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(ForgetCog(bot))
