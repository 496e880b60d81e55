"""/status: shows who answers in the call, who is heard, how fast, and what is wrong."""

from __future__ import annotations

import asyncio
import statistics
from itertools import islice
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.messages.posting import answer
from discord_bot.receive import ReceiveClient
from discord_bot.rights import can_see
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import RecentDecisions

_LAST: Final = 3
"""Latencies that are shown."""
_REACH_S: Final = 2.5
_SHOWN: Final = 25
"""Members who are shown."""


class StatusCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Who answers and who is heard, how fast, and what is wrong.")
    @offered
    async def status(self, interaction: discord.Interaction) -> None:
        guild, member = guild_of(interaction), member_of(interaction)
        session = self._bot.sessions.get(guild.id)
        if session is None or session.channel is None:
            await answer(interaction, self._without_call(guild, member), ephemeral=True)
            return
        if not can_see(session.channel, member):
            text = "I am in a call in a channel that you cannot see."
            await answer(interaction, text, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True)
        lines = [*_call(session), await self._gateway(session)]
        await answer(interaction, "\n".join(lines), ephemeral=True)

    def _without_call(self, guild: discord.Guild, member: discord.Member) -> str:
        waiting = self._bot.calls.call_in(guild) or self._bot.calls.joining(guild)
        if waiting is not None and can_see(waiting, member):
            return f"I am not in {waiting.mention} yet; I am trying to join it."
        return "I am in no voice channel: `/join` calls me."

    async def _gateway(self, session: VoiceSession) -> str:
        name = session.room.persona.name
        reached = False
        try:
            async with asyncio.timeout(_REACH_S):
                reached = await self._bot.agents.reach()
        except TimeoutError:
            pass
        if reached:
            return f"{name} can be reached."
        return f"{name} cannot be reached just now; I keep trying."


def _call(session: VoiceSession) -> list[str]:
    lines = [
        f"**{session.room.persona.name}** answers here; sensitivity is {session.room.sensitivity}.",
        _where(session),
        *_people(session),
        questions(session.decisions),
    ]
    waiting = session.room.waiting
    if waiting:
        lines.append(f"Questions that wait for their answer: {waiting}.")
    lines.append(_audio(session.voice))
    problem = session.problem()
    lines += [] if problem is None else [f"**{problem}**"]
    doubts = [each for each in session.obstacles() if not (each.deafens or each.silences)]
    lines += [f"{each.text} {each.remedy}" for each in doubts]
    if problem is None:
        lines.append("I am neither muted nor deafened.")
    return lines


def _where(session: VoiceSession) -> str:
    where = "" if session.channel is None else f" in {session.channel.mention}"
    if session.began is None:
        return f"I am joining{where}."
    return f"I have been{where} since {discord.utils.format_dt(session.began, 'R')}."


def _people(session: VoiceSession) -> list[str]:
    channel = session.channel
    if channel is None:
        return []
    heard, others = [], []
    for user_id in channel.voice_states:
        member = session.guild.get_member(user_id)
        if member is None or member.bot:
            continue
        name = discord.utils.escape_markdown(member.display_name)
        if session.hears(user_id):
            heard.append(f"{name} ({session.audio_s.get(user_id, 0.0):.0f} s of speech)")
        else:
            others.append(name)
    lines = [f"I hear: {_listed(heard) or 'no member'}."]
    if others:
        lines.append(f"I do not listen to: {_listed(others)}.")
    return lines


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _audio(voice: ReceiveClient | None) -> str:
    if voice is None:
        return "There is no voice connection."
    counters = voice.counters
    kind = "end-to-end encrypted (DAVE)" if voice.encrypted else "encrypted up to Discord"
    return (
        f"The call is {kind}. Packets: {counters.datagrams} received, {counters.decrypted} "
        f"decrypted, {counters.frames} decoded, {counters.ignored} left out."
    )


def questions(decisions: RecentDecisions) -> str:
    """What became of the questions of a call, in one line."""
    waits_s = [turn.waited_s for turn in decisions if turn.waited_s is not None]
    parts = [f"Questions in this call: {decisions.questions}"]
    if waits_s:
        parts.append(f"half of the answers within {statistics.median(waits_s):.1f} s")
        last = ", ".join(f"{wait_s:.1f}" for wait_s in islice(waits_s, _LAST))
        parts.append(f"the last after {last} s")
    parts.append(f"sent early: {decisions.early}")
    parts.append(f"withdrawn because the speaker went on: {decisions.withdrawn}")
    return ", ".join(parts) + "."


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(StatusCog(bot))
