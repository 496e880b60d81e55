"""/voice: shows how an agent sounds, and gives it another voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from database.errors import InvalidSetting
from discord_bot.agent_tools import AgentTools
from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.agent import agent_called, agent_choices
from discord_bot.commands.context import (
    agent_here,
    guild_of,
    member_of,
    name_of,
    not_kept,
    persona_here,
    tell_call,
)
from discord_bot.commands.samples import (
    answer_with_sample,
    sample_of,
    shown_voice,
    tools_of,
)
from discord_bot.commands.spoken_sample import SpokenSampleView
from discord_bot.errors import NotPossible
from discord_bot.languages import answer_language
from discord_bot.messages.posting import answer
from discord_bot.rights import check_manages, may_control
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Persona
from translations import message, sentences

_LONGEST_ID: Final = 100
"""Of a voice in the settings, and of a choice on Discord."""


class VoiceCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Hear how an agent sounds, or give it another voice.")
    @app_commands.describe(
        agent="The agent; the one that answers here, if you name none.",
        voice="The new voice; without one, you hear the present one.",
    )
    @offered
    async def voice(
        self,
        interaction: discord.Interaction,
        agent: str | None = None,
        voice: app_commands.Range[str, 1, _LONGEST_ID] | None = None,
    ) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        tools = tools_of(self._bot)
        if voice is not None:
            check_manages(member)
        await interaction.response.defer(ephemeral=True)
        if agent is None:
            wanted = agent_here(self._bot, guild.id)
        else:
            wanted = (await agent_called(self._bot, agent)).agent
        persona = persona_here(self._bot, guild.id, wanted)
        if voice is None:
            text = message(
                "{agent} speaks with the voice {voice}.",
                agent=persona.name,
                voice=shown_voice(persona.voice.name),
            )
            view = self._in_the_call(interaction, member, persona)
            await answer_with_sample(interaction, tools, persona, text, view)
            return
        await _check_listed(tools, voice)
        persona = replace(persona, voice=replace(persona.voice, name=voice))
        # Synthesised before it is chosen: a voice without sound is refused.
        sample = await sample_of(interaction, tools, persona)
        voices = {**self._bot.store.settings.of(guild.id).voices, persona.agent: voice}
        try:
            change = self._bot.store.settings.set(guild.id, "voices", voices, by=member.id)
        except InvalidSetting as error:
            raise NotPossible(message("Too many agents have a voice of their own here.")) from error
        text = message(
            "{agent} speaks with the voice {voice} now.",
            agent=persona.name,
            voice=shown_voice(voice),
        )
        shown = sentences(text, await not_kept(interaction, change, ephemeral=True))
        view = self._in_the_call(interaction, member, persona)
        await answer(interaction, shown, ephemeral=True, attachment=sample, view=view)
        told = message("{name} has set it: {text}", name=name_of(member), text=text)
        await tell_call(self._bot, interaction, told, answered=False)

    def _in_the_call(
        self, interaction: discord.Interaction, member: discord.Member, persona: Persona
    ) -> SpokenSampleView | None:
        """The button that says the sample in the call; None for who may not have it speak."""
        session = self._bot.sessions.get(member.guild.id)
        if session is None or not session.joined:
            return None
        if not may_control(member, session.channel, self._bot.rights(member.guild.id)):
            return None
        return SpokenSampleView(self._bot, persona, answer_language(interaction, private=True))

    @voice.autocomplete("agent")
    async def agents(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await agent_choices(self._bot, current)

    @voice.autocomplete("voice")
    async def voices(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        try:
            listed = await tools_of(self._bot).voices()
        except (SpeechUnavailable, NotPossible):
            return []
        wanted = current.strip().casefold()
        fitting = (each for each in listed if wanted in each.casefold())
        short = [each for each in fitting if len(each) <= _LONGEST_ID]
        return [app_commands.Choice(name=each, value=each) for each in short[:25]]


async def _check_listed(tools: AgentTools, voice: str) -> None:
    """
    Raises:
        NotPossible: the speech server has no such voice.
    """
    try:
        listed: Sequence[str] = await tools.voices()
    except SpeechUnavailable:
        return  # a server without a list may still have the voice: the sample shows it
    if listed and voice not in listed and "+" not in voice:
        near = [each for each in listed if voice.casefold() in each.casefold()][:10]
        raise NotPossible(
            message(
                "The speech server has no voice {voice}. It has {voices}, for example.",
                voice=shown_voice(voice),
                voices=", ".join(f"`{each}`" for each in near or listed[:10]),
            )
        )


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(VoiceCog(bot))
