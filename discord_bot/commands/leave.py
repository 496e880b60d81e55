"""/leave: leaves the call."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.call.control import happened
from discord_bot.call.intents import Intent, IntentKind
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of, name_of
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, can_enter, check_may_control, is_listed
from translations import message, sentences


class LeaveCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Have the agent leave the voice channel.")
    @offered
    async def leave(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        self._check(guild, member)
        public = self._is_seen_by_the_call(interaction, guild)
        intent = Intent(
            kind=IntentKind.LEAVE,
            by=name_of(member),
            answered_in=interaction.channel_id if public else None,
        )
        with self._bot.calls.answering():
            # Before anything that waits: commands count in the order in which they arrive.
            wanted = self._bot.calls.submit(guild.id, intent)
            await interaction.response.defer(ephemeral=not public)
            outcome = await wanted
            if outcome.later is not None:
                text = happened(outcome.later, member)
            elif outcome.changed or public:
                text = message("I have left the voice channel.")
            else:
                text = message("I am in no voice channel.")
            later = self._bot.calls.since(guild.id, intent)
            if later is not None and outcome.later is None:
                if not (outcome.changed or public):
                    text = message("I was in no voice channel.")
                text = sentences(text, happened(later, member))
            await answer(interaction, text, ephemeral=not public)

    def _check(self, guild: discord.Guild, member: discord.Member) -> None:
        """
        Raises:
            NotAllowed: the member may not end the call; the text says who may.
        """
        rights = self._bot.rights(guild.id)
        joining = self._bot.calls.joining(guild)
        present = self._bot.calls.call_in(guild)
        if present is not None:
            check_may_control(member, present, rights, CallAction.END)
        elif joining is not None and not (
            can_enter(joining, member) and is_listed(member.id, member, rights)
        ):
            check_may_control(member, joining, rights, CallAction.END)

    def _is_seen_by_the_call(self, interaction: discord.Interaction, guild: discord.Guild) -> bool:
        """Whether those in the call read the channel of the command."""
        session = self._bot.sessions.get(guild.id)
        if session is None or session.channel is None or not session.joined:
            return False
        texts = (session.channel.id, getattr(session.text, "id", None))
        return interaction.channel_id in texts


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(LeaveCog(bot))
