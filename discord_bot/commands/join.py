"""/join: joins a voice channel."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from database.writer import Kept
from discord_bot.bot import VoiceBot
from discord_bot.call import notices
from discord_bot.call.control import happened
from discord_bot.call.intents import Intent, IntentKind, IntentOutcome
from discord_bot.call.voice_channel import VoiceChannel, check_may_join
from discord_bot.commands.access import offered
from discord_bot.commands.agent import agent_called, agent_choices
from discord_bot.commands.context import (
    is_kept,
    may_write,
    member_of,
    name_of,
    text_channel_of,
)
from discord_bot.errors import NotInVoice
from discord_bot.messages.posting import answer
from discord_bot.rights import CallAction, check_may_begin, check_may_control, may_control
from translations import Text, lines, message, sentences, small


class JoinCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Have the agent join your voice channel and listen.")
    @app_commands.describe(
        channel="The voice channel; yours, if you name none.",
        agent="The agent that answers; the present one, if you name none.",
    )
    @offered
    async def join(
        self,
        interaction: discord.Interaction,
        channel: discord.VoiceChannel | discord.StageChannel | None = None,
        agent: str | None = None,
    ) -> None:
        member = member_of(interaction)
        target = channel or _channel_of(member)
        text = text_channel_of(interaction)
        self._check(member, target)
        check_may_join(target)
        kept = None if agent is None else await self._choose_agent(member, agent)
        self._bot.languages.called(target.guild.id, interaction.locale)
        here = self._bot.calls.call_in(target.guild) == target
        # From outside a call, a member does not redirect its texts.
        keep = here and not may_control(member, target, self._bot.rights(target.guild.id))
        intent = Intent(
            kind=IntentKind.JOIN,
            channel=target,
            text=None if keep else text,
            by=name_of(member),
        )
        with self._bot.calls.answering():
            # Before anything that waits: commands count in the order in which they arrive.
            wanted = self._bot.calls.submit(target.guild.id, intent)
            await interaction.response.defer(ephemeral=True)
            outcome = await wanted
            unsaved = kept is not None and not await is_kept(kept)
            told = await self._answer(interaction, member, target, intent, outcome, unsaved=unsaved)
            await answer(interaction, told, ephemeral=True)

    @join.autocomplete("agent")
    async def agents(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await agent_choices(self._bot, current)

    async def _choose_agent(self, member: discord.Member, name: str) -> Kept:
        """
        Raises:
            NotAllowed: there is a call, and the member may not change its agent.
            NotPossible: there is no such agent.
        """
        guild = member.guild
        call = self._bot.calls.call_in(guild)
        if call is not None:
            rights = self._bot.rights(guild.id)
            check_may_control(member, call, rights, CallAction.CHOOSE_AGENT)
        persona = await agent_called(self._bot, name)
        return self._bot.choose_agent(guild.id, persona, by=member.id)

    def _check(self, member: discord.Member, target: VoiceChannel) -> None:
        """
        Raises:
            NotAllowed: the member may not call the bot there.
        """
        rights = self._bot.rights(target.guild.id)
        check_may_begin(member, target, rights)
        present = self._bot.calls.call_in(target.guild)
        if present is not None and present != target:
            check_may_control(member, present, rights, CallAction.MOVE)

    async def _answer(
        self,
        interaction: discord.Interaction,
        member: discord.Member,
        target: VoiceChannel,
        intent: Intent,
        outcome: IntentOutcome,
        *,
        unsaved: bool,
    ) -> Text:
        if outcome.later is not None:
            refused = message("I did not join {channel}.", channel=target.mention)
            return sentences(refused, happened(outcome.later, member))
        session = self._bot.sessions.get(target.guild.id)
        reachable = await self._bot.agents.reach()
        later = self._bot.calls.since(target.guild.id, intent)
        if later is not None or session is None:
            then = message("I then left.") if later is None else happened(later, member)
            return sentences(message("I was in {channel}.", channel=target.mention), then)
        persona = session.room.persona
        name = persona.name
        if outcome.changed:
            here = message("I am in {channel}.", channel=target.mention)
        else:
            here = message("I am already in {channel}.", channel=target.mention)
        reply = [sentences(here, message("Say “{agent}” and ask.", agent=name))]
        if unsaved:
            reply.append(notices.agent_not_saved(name))
        if session.consent.problem is not None:
            reply.append(session.consent.problem)
        obstacle = next(iter(session.obstacles()), None)
        if obstacle is not None:
            problem = sentences(obstacle.text, obstacle.remedy)
            reply.append(message("But: {problem}", problem=problem))
        if not may_write(interaction):
            reply.append(
                message("I may not write in this channel, so what I cannot say aloud will be lost.")
            )
        if not reachable:
            reply.append(
                message(
                    "But I cannot reach {agent} just now. I keep trying; the operator of this bot "
                    "can see why.",
                    agent=name,
                )
            )
        elif (other := self._bot.agents.answered_by(persona.agent)) != persona.agent:
            reply.append(
                message(
                    "OpenClaw does not know {agent}, so its agent {other} answers by that name.",
                    agent=name,
                    other=self._bot.agents.persona(other).name,
                )
            )
        how = message("`/agent` chooses who answers, `/sensitivity` how readily, `/leave` ends it.")
        return lines([*reply, small(how)])


def _channel_of(member: discord.Member) -> VoiceChannel:
    if member.voice is None or member.voice.channel is None:
        raise NotInVoice(message("Join a voice channel first, or name one: `/join channel:`."))
    return member.voice.channel


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(JoinCog(bot))
