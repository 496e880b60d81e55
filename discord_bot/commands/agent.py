"""/agent: chooses the agent that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import agent_here, guild_of, member_of, not_kept, persona_here
from discord_bot.commands.samples import answer_with_sample
from discord_bot.errors import NotPossible
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, check_may_control
from pipeline.ports import Persona
from translations import listing, message, sentences

_LONGEST_CHOICE: Final = 100
"""Discord's limit for the characters of a choice; if one is longer, it refuses them all."""


class AgentCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Choose which agent answers in this server's calls.")
    @app_commands.describe(name="The agent, by its name.")
    @offered
    async def agent(self, interaction: discord.Interaction, name: str) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        call = self._bot.calls.call_in(guild)
        check_may_control(member, call, self._bot.rights(guild.id), CallAction.CHOOSE_AGENT)
        persona = await agent_called(self._bot, name)
        if persona.agent == agent_here(self._bot, guild.id):
            text = message("{agent} answers already. Say “{agent}” and ask.", agent=persona.name)
            await answer(interaction, text, ephemeral=True)
        else:
            # Those in a call are told by `CallConsent.settings_changed`.
            kept = self._bot.choose_agent(
                guild.id, persona, by=member.id, answered_in=interaction.channel_id
            )
            text = message("{agent} answers now. Say “{agent}” and ask.", agent=persona.name)
            saved = await not_kept(interaction, kept, ephemeral=False)
            await answer(interaction, sentences(text, saved))
        if self._bot.tools is not None:
            heard = persona_here(self._bot, guild.id, persona.agent)
            sounds = message("This is how {agent} sounds.", agent=persona.name)
            await answer_with_sample(interaction, self._bot.tools, heard, sounds)

    @agent.autocomplete("name")
    async def names(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await agent_choices(self._bot, current)


async def agent_called(bot: VoiceBot, name: str) -> Persona:
    """The agent with that id, or else the first one with that name.

    Raises:
        NotPossible: there is none; the text has the known ones.
    """
    choices = await bot.agents.choices()
    persona = _called(name, choices)
    if persona is None:
        known = listing(sorted(choice.name for choice in choices))
        raise NotPossible(
            message("I know no agent “{name}”. There are: {known}.", name=name[:50], known=known)
        )
    return persona


async def agent_choices(bot: VoiceBot, current: str) -> list[app_commands.Choice[str]]:
    """The agents that complete what a member typed."""
    wanted = current.strip().casefold()
    found = [
        persona
        for persona in await bot.agents.choices()
        if any(wanted in name for name in _names(persona)) and len(persona.agent) <= _LONGEST_CHOICE
    ]
    found.sort(key=lambda persona: persona.name)
    return [
        app_commands.Choice(name=each.name[:_LONGEST_CHOICE], value=each.agent)
        for each in found[:25]
    ]


def _called(name: str, choices: Sequence[Persona]) -> Persona | None:
    """The agent with that id, or else the first one with that name."""
    wanted = name.strip().casefold()
    with_id = (persona for persona in choices if persona.agent == wanted)
    named = (persona for persona in choices if wanted in _names(persona))
    return next(with_id, None) or next(named, None)


def _names(persona: Persona) -> list[str]:
    """The agent's id, name and aliases, case-folded."""
    return [name.casefold() for name in (persona.agent, persona.name, *persona.aliases)]


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(AgentCog(bot))
