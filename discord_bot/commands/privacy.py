"""/privacy: what the bot hears and keeps of a member, where it goes, and what they can do."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from database.engine import WORKING_ERRORS
from database.errors import DatabaseError
from database.guild_settings import GuildSettings
from database.member_records import as_json
from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.consent import notice
from discord_bot.consent.buttons import privacy_buttons
from discord_bot.consent.hearing import not_heard
from discord_bot.consent.kept import Conversations, kept_of, names_at_the_gateway, remembered
from discord_bot.consent.notice import ListeningFacts
from discord_bot.languages import answer_language
from discord_bot.messages.posting import Attachment, answer
from translations import Text, bold, joined, lines, message, sentences, verbatim

log = logging.getLogger(__name__)

FILE_NAME: Final = "my-data.json"


class PrivacyCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="What I hear and keep of you, where it goes, your choices.")
    @offered
    async def privacy(self, interaction: discord.Interaction) -> None:
        await show_privacy(self._bot, interaction)


async def show_privacy(bot: VoiceBot, interaction: discord.Interaction) -> None:
    """Tell the asker alone what is heard, sent and kept of them, with buttons for their choices."""
    guild, member = guild_of(interaction), member_of(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    exported = await _exported(bot, member.id)
    language = answer_language(interaction, private=True)
    heard = bot.hearing.why_not(guild, member.id) is None
    chosen, keys = bot.hearing.settings(guild.id), bot.conversations(guild.id, member.id)
    shown = [
        *_hearing(bot, guild, member),
        *_sent(bot, guild, chosen, keys),
        *_choices(),
        *_kept(exported),
        *names_at_the_gateway(keys),
    ]
    buttons = privacy_buttons(language, heard=heard, kept=exported is not None)
    await answer(interaction, lines(shown), ephemeral=True, view=buttons)


async def send_export(bot: VoiceBot, interaction: discord.Interaction) -> None:
    """Send the asker alone everything that is kept of them, as a JSON file."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    exported = await _exported(bot, member_of(interaction).id)
    if exported is None:
        await answer(interaction, message("I keep nothing on disk."), ephemeral=True)
        return
    file = Attachment(FILE_NAME, as_json(exported).encode())
    text = message("This is all that I keep of you, in all servers.")
    await answer(interaction, text, ephemeral=True, attachment=file)


async def _exported(bot: VoiceBot, member_id: int) -> dict[str, Any] | None:
    """What is on disk about a member; None without a database, or while it cannot be read."""
    try:
        return await bot.store.records.export(member_id)
    except DatabaseError:
        return None
    except WORKING_ERRORS as error:
        log.warning("the records of a member cannot be read: %s", error)
        return None


def _hearing(bot: VoiceBot, guild: discord.Guild, member: discord.Member) -> list[Text]:
    reason = bot.hearing.why_not(guild, member.id)
    if reason is None:
        state = message("I hear you when we are in a voice channel of this server.")
    else:
        state = not_heard(reason)
    recorded = bot.settings.recording_dir is not None
    return [
        bold(message("What I hear")),
        sentences(
            state,
            notice.RECORDED if recorded else notice.NOT_STORED,
            message("While a call runs, its last words stay in memory."),
        ),
    ]


def _sent(
    bot: VoiceBot, guild: discord.Guild, chosen: GuildSettings, keys: Conversations
) -> list[Text]:
    session = bot.sessions.get(guild.id)
    persona = session.room.persona if session is not None else bot.agents.persona(chosen.agent)
    text = guild.name if session is None else getattr(session.text, "mention", guild.name)
    allowed = bot.hearing.memory_of(guild.id)
    facts = ListeningFacts(persona.name, "", text, text, False, chosen, allowed)
    shared = chosen.session_scope in ("channel", "guild")
    points = [
        message("What you say is turned into text on the computer of this bot's operator."),
        sentences(
            notice.goes_where(facts),
            notice.session(chosen.session_scope, persona.name),
            notice.STAYS,
        ),
    ]
    if gateway := remembered(keys, shared=shared):
        points.append(sentences(*gateway))
    points.append(notice.transcript(facts))
    if bot.memory is not None:
        points.append(
            message(
                "Agents can note facts from conversations in a memory that they share. `/forget` "
                "removes those of your own conversations too."
            )
        )
    return [bold(message("Where it goes, and how long it stays")), *_list(points)]


def _choices() -> list[Text]:
    points = [
        message("`/ignore` leaves you out of what I hear, `/unignore` undoes that."),
        message("`/transcript me` leaves your words out of transcripts."),
        message("`/forget` deletes what I keep of you."),
    ]
    return [bold(message("What you can do")), *_list(points)]


def _kept(exported: dict[str, Any] | None) -> list[Text]:
    title = bold(message("What I keep of you, in all servers"))
    if exported is None:
        return [title, message("I keep nothing on disk. Your choices end when I am restarted.")]
    return [title, *(_list(kept_of(exported)) or [message("Nothing.")])]


def _list(points: Iterable[Text]) -> list[Text]:
    return [joined((verbatim("-"), point), " ") for point in points]


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(PrivacyCog(bot))
