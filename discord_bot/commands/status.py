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
from discord_bot.call import notices
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.commands.access import offered
from discord_bot.commands.context import guild_of, member_of
from discord_bot.commands.sensitivity import NAMES
from discord_bot.messages.posting import answer
from discord_bot.receive import ReceiveClient
from discord_bot.rights import can_see, is_in
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import RecentDecisions
from translations import Text, bold, joined, lines, listing, message, number, plural, sentences

_LAST: Final = 3
"""Latencies that are shown."""
_REACH_S: Final = 2.5
_SHOWN: Final = 25
"""Members who are shown."""

NO_CALL: Final = message("I am in no voice channel: `/join` calls me.")


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
            text = message("I am in a call in a channel that you cannot see.")
            await answer(interaction, text, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True)
        shown = [*_call(session, session.channel), await self._gateway(session)]
        unheard = session.why_unheard(member.id) if is_in(member, session.channel) else None
        if unheard is not None:
            shown.insert(0, unheard)
        await answer(interaction, lines(shown), ephemeral=True)

    def _without_call(self, guild: discord.Guild, member: discord.Member) -> Text:
        waiting = self._bot.calls.call_in(guild) or self._bot.calls.joining(guild)
        if waiting is not None and can_see(waiting, member):
            return message(
                "I am not in {channel} yet; I am trying to join it.", channel=waiting.mention
            )
        return NO_CALL

    async def _gateway(self, session: VoiceSession) -> Text:
        name = session.room.persona.name
        reached = False
        try:
            async with asyncio.timeout(_REACH_S):
                reached = await self._bot.agents.reach()
        except TimeoutError:
            pass
        if reached:
            return message("{agent} can be reached.", agent=name)
        return message("{agent} cannot be reached just now; I keep trying.", agent=name)


def _call(session: VoiceSession, channel: VoiceChannel) -> list[Text]:
    shown = [
        message(
            "**{agent}** answers here; sensitivity is {level}.",
            agent=session.room.persona.name,
            level=NAMES[session.room.sensitivity],
        ),
        _where(session, channel),
        *_people(session, channel),
        questions(session.decisions),
    ]
    if (replaced := session.room.replaced_voice) is not None:
        name = session.room.name_of(replaced.agent)
        shown.append(notices.voice_replaced(name, replaced))
    waiting = session.room.waiting
    if waiting:
        shown.append(message("Questions that wait for their answer: {waiting}.", waiting=waiting))
    shown.append(_audio(session.voice))
    problem = session.problem()
    shown += [] if problem is None else [bold(problem)]
    doubts = [each for each in session.obstacles() if not (each.deafens or each.silences)]
    shown += [sentences(each.text, each.remedy) for each in doubts]
    if problem is None:
        shown.append(message("I am neither muted nor deafened."))
    return shown


def _where(session: VoiceSession, channel: VoiceChannel) -> Text:
    where = channel.mention
    if session.began is None:
        return message("I am joining {channel}.", channel=where)
    # Translators: {ago} is Discord's own "5 minutes ago".
    return message(
        "I joined {channel} {ago}.",
        channel=where,
        ago=discord.utils.format_dt(session.began, "R"),
    )


def _people(session: VoiceSession, channel: VoiceChannel) -> list[Text]:
    heard: list[str | Text] = []
    others: list[str | Text] = []
    for user_id in channel.voice_states:
        member = session.guild.get_member(user_id)
        if member is None or member.bot:
            continue
        name = discord.utils.escape_markdown(member.display_name)
        if session.hears(user_id):
            spoken = number(session.audio_s.get(user_id, 0.0))
            heard.append(message("{name} ({seconds} s of speech)", name=name, seconds=spoken))
        else:
            others.append(name)
    if heard:
        shown = [message("I hear: {names}.", names=_listed(heard))]
    else:
        shown = [message("I hear no member.")]
    if others:
        shown.append(message("I do not listen to: {names}.", names=_listed(others)))
    return shown


def _listed(names: list[str | Text]) -> Text:
    hidden = len(names) - _SHOWN
    if hidden <= 0:
        return listing(names)
    # Translators: the end of a list of names: "Ann, Ben and 5 more".
    return listing([*names[:_SHOWN], plural("{count} more", "{count} more", count=hidden)])


def _audio(voice: ReceiveClient | None) -> Text:
    if voice is None:
        return message("There is no voice connection.")
    counters = voice.counters
    if voice.encrypted:
        kind = message("The call is end-to-end encrypted (DAVE).")
    else:
        kind = message("The call is encrypted up to Discord.")
    packets = message(
        "Packets: {received} received, {decrypted} decrypted, {decoded} decoded, {left_out} left "
        "out.",
        received=counters.datagrams,
        decrypted=counters.decrypted,
        decoded=counters.frames,
        left_out=counters.ignored,
    )
    return sentences(kind, packets)


def questions(decisions: RecentDecisions) -> Text:
    """What became of the questions of a call, in one line."""
    waits_s = [turn.waited_s for turn in decisions if turn.waited_s is not None]
    counts = message(
        "Questions in this call: {questions}, sent early: {early}, withdrawn because the speaker "
        "went on: {withdrawn}.",
        questions=decisions.questions,
        early=decisions.early,
        withdrawn=decisions.withdrawn,
    )
    if not waits_s:
        return counts
    last = (number(wait_s, decimals=1) for wait_s in islice(waits_s, _LAST))
    times = message(
        "Half of the answers came within {median} s, the last after {last} s.",
        median=number(statistics.median(waits_s), decimals=1),
        last=joined(last, "; "),
    )
    return sentences(counts, times)


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(StatusCog(bot))
