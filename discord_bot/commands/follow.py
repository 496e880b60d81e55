"""/follow: whether the bot follows a member into voice channels."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.messages.posting import answer
from discord_bot.rights import check_may_call
from translations import Text, message

Following: TypeAlias = Literal["on", "off"]

NAMES: Final[dict[Following, Text]] = {"on": message("on"), "off": message("off")}
"""Discord shows them as the choices of the option."""


class FollowCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Choose whether the agent follows you into voice channels.")
    @app_commands.describe(following="on: it comes when you enter a channel; off: it does not")
    @offered
    async def follow(self, interaction: discord.Interaction, following: Following) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        if following == "on":
            check_may_call(member, self._bot.rights(guild.id))
            self._bot.languages.called(guild.id, interaction.locale)
            text = message(
                "I follow you in this server: when you enter a voice channel and I am in no other "
                "call, I come. `/follow following:off` ends that."
            )
        else:
            text = message("I do not follow you in this server.")
        self._bot.coming.follow(guild.id, member.id, following == "on")
        await answer(interaction, text, ephemeral=True)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(FollowCog(bot))
