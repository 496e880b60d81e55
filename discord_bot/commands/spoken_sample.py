"""The button below a voice's sample: says it in the call."""

from __future__ import annotations

from typing import Any, Final

import discord

from discord_bot.bot import VoiceBot
from discord_bot.commands.context import guild_of, member_of, name_of
from discord_bot.commands.failures import answer_failure
from discord_bot.commands.samples import sample_words
from discord_bot.errors import NotPossible
from discord_bot.languages import answer_language
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, check_may_control
from pipeline.ports import Persona
from translations import message

_OPEN_S: Final = 300.0


class SpokenSampleView(discord.ui.View):
    """One button in the member's language; each click says the sample once."""

    def __init__(self, bot: VoiceBot, persona: Persona, language: str) -> None:
        super().__init__(timeout=_OPEN_S)
        self._bot = bot
        self._persona = persona
        button: discord.ui.Button[SpokenSampleView] = discord.ui.Button(
            label=message("Say it in the call").to(language)
        )
        button.callback = self._on_click  # type: ignore[method-assign]
        self.add_item(button)

    async def _on_click(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        session = self._bot.sessions.get(guild.id)
        if session is None or not session.joined:
            raise NotPossible(message("The call is over."))
        check_may_control(member, session.channel, self._bot.rights(guild.id), CallAction.SPEAK)
        words, language = sample_words(self._persona), answer_language(interaction, private=False)
        session.room.say(words.to(language), persona=self._persona, language=language)
        await answer(interaction, message("You will hear it in the call."), ephemeral=True)
        told = message(
            "{name} has me show the voice of {agent}.",
            name=name_of(member),
            agent=self._persona.name,
        )
        await session.tell(told)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        await answer_failure(interaction, error)
