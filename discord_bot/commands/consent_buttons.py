"""Answers the buttons of the notice, of /privacy and of /forget."""

from __future__ import annotations

from typing import Any, TypeAlias

import discord

from discord_bot.bot import VoiceBot
from discord_bot.commands.failures import answer_failure
from discord_bot.commands.forget import ask_to_forget, forget, keep
from discord_bot.commands.ignore import hear_me, leave_me_out
from discord_bot.commands.privacy import send_export, show_privacy
from discord_bot.consent.buttons import (
    DELETE_ID,
    EXPORT_ID,
    FORGET_ID,
    HEAR_ID,
    KEEP_ID,
    LEAVE_OUT_ID,
    PRIVACY_ID,
)

_Button: TypeAlias = "discord.ui.Button[ConsentAnswers]"


class ConsentAnswers(discord.ui.View):
    """Answers each button for the member who clicks it, also below messages of an earlier run."""

    def __init__(self, bot: VoiceBot) -> None:
        super().__init__(timeout=None)
        self._bot = bot

    @discord.ui.button(custom_id=LEAVE_OUT_ID)
    async def leave_out(self, interaction: discord.Interaction, _: _Button) -> None:
        await leave_me_out(self._bot, interaction)

    @discord.ui.button(custom_id=HEAR_ID)
    async def hear(self, interaction: discord.Interaction, _: _Button) -> None:
        await hear_me(self._bot, interaction)

    @discord.ui.button(custom_id=PRIVACY_ID)
    async def privacy(self, interaction: discord.Interaction, _: _Button) -> None:
        await show_privacy(self._bot, interaction)

    @discord.ui.button(custom_id=EXPORT_ID)
    async def export(self, interaction: discord.Interaction, _: _Button) -> None:
        await send_export(self._bot, interaction)

    @discord.ui.button(custom_id=FORGET_ID)
    async def forget(self, interaction: discord.Interaction, _: _Button) -> None:
        await ask_to_forget(interaction)

    @discord.ui.button(custom_id=DELETE_ID)
    async def delete(self, interaction: discord.Interaction, _: _Button) -> None:
        await forget(self._bot, interaction)

    @discord.ui.button(custom_id=KEEP_ID)
    async def keep(self, interaction: discord.Interaction, _: _Button) -> None:
        await keep(interaction)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any]
    ) -> None:
        await answer_failure(interaction, error)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    bot.add_view(ConsentAnswers(bot))
