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
from discord_bot.consent.buttons import choice_button
from discord_bot.languages import answer_language
from discord_bot.messages.posting import answer
from discord_bot.receive import ReceiveClient
from discord_bot.rights import can_see, is_in
from discord_bot.voice_session import VoiceSession
from pipeline.decision_log import RecentDecisions
from translations import (
    Text,
    bold,
    joined,
    lines,
    listing,
    message,
    number,
    plural,
    sentences,
    small,
)

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
        channel = session.channel if session is not None else None
        if session is None or channel is None:
            await answer(interaction, self._without_call(guild, member), ephemeral=True)
            return
        if not can_see(channel, member):
            text = message("I am in a call in a channel that you cannot see.")
            await answer(interaction, text, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True)
        reached = await self._reached()
        shown = _troubles(session, channel, member, reached)
        shown += _call(session, channel)
        if member.guild_permissions.manage_guild:
            shown += _for_managers(session)
            if missing := self._bot.missing_tools():
                names = ", ".join(f"`{name}`" for name in missing)
                shown.append(
                    message("The Gateway's agent lacks these tools: {names}.", names=names)
                )
        await answer(interaction, lines(shown), ephemeral=True, view=_choice(interaction, session))

    def _without_call(self, guild: discord.Guild, member: discord.Member) -> Text:
        waiting = self._bot.calls.call_in(guild) or self._bot.calls.joining(guild)
        if waiting is not None and can_see(waiting, member):
            return message(
                "I am not in {channel} yet; I am trying to join it.", channel=waiting.mention
            )
        return NO_CALL

    async def _reached(self) -> bool:
        """Whether the agents can be reached."""
        try:
            async with asyncio.timeout(_REACH_S):
                return await self._bot.agents.reach()
        except TimeoutError:
            return False


def _troubles(
    session: VoiceSession, channel: VoiceChannel, member: discord.Member, reached: bool
) -> list[Text]:
    """What is wrong, with who can mend it, the gravest first; or that all is well."""
    agent = session.room.persona.name
    shown: list[Text] = []
    if is_in(member, channel):
        unheard = session.why_unheard(member.id)
        shown += [] if unheard is None else [unheard]
    obstacles = session.obstacles()
    told = [sentences(bold(each.text), each.remedy) for each in obstacles]
    problem = session.problem()
    if problem is not None and not any(each.deafens or each.silences for each in obstacles):
        told.insert(0, bold(problem))
    shown += told
    if not reached:
        lost = bold(message("I cannot reach {agent} just now.", agent=agent))
        shown.append(
            sentences(lost, message("I keep trying; the operator of this bot can see why."))
        )
    if shown:
        return shown
    return [message("All is well: I can hear and be heard, and reach {agent}.", agent=agent)]


def _choice(interaction: discord.Interaction, session: VoiceSession) -> discord.ui.View | None:
    """The button for a member who is not heard by their own choice."""
    reason = session.consent.own_choice(session.guild, interaction.user.id)
    if not reason:
        return None
    return choice_button(answer_language(interaction, private=True), heard=False)


def _call(session: VoiceSession, channel: VoiceChannel) -> list[Text]:
    where = channel.mention
    if session.began is None:
        joined = message("I am joining {channel}.", channel=where)
    else:
        # Translators: {ago} is Discord's own "5 minutes ago".
        joined = message(
            "I joined {channel} {ago}.",
            channel=where,
            ago=discord.utils.format_dt(session.began, "R"),
        )
    answers = message(
        "**{agent}** answers here; sensitivity is {level}.",
        agent=session.room.persona.name,
        level=NAMES[session.room.sensitivity],
    )
    shown = [sentences(joined, answers), *_people(session, channel)]
    if (replaced := session.room.stand_ins.voice) is not None:
        name = session.room.name_of(replaced.agent)
        shown.append(notices.voice_replaced(name, replaced))
    if (hearing := session.room.stand_ins.hearing) is not None:
        shown.append(notices.hearing_replaced(hearing))
    return shown


def _for_managers(session: VoiceSession) -> list[Text]:
    """What helps those who manage the server, in small letters."""
    shown = [message("For those who manage this server:")]
    if not any(each.deafens or each.silences for each in session.obstacles()):
        shown.append(message("I am neither muted nor deafened."))
    shown += [*_audio(session.voice), questions(session.decisions)]
    times = latencies(session.decisions)
    shown += [] if times is None else [times]
    waiting = session.room.waiting
    if waiting:
        shown.append(message("Questions that wait for their answer: {waiting}.", waiting=waiting))
    return [small(each) for each in shown]


def _people(session: VoiceSession, channel: VoiceChannel) -> list[Text]:
    heard: list[str | Text] = []
    others: list[str | Text] = []
    for user_id in channel.voice_states:
        member = session.guild.get_member(user_id)
        if member is None or member.bot:
            continue
        name = discord.utils.escape_markdown(member.display_name)
        if session.hears(user_id):
            heard.append(_heard(session, user_id, name))
        else:
            others.append(name)
    if heard:
        shown = [message("I hear: {names}.", names=_listed(heard))]
    else:
        shown = [message("I hear no member.")]
    if others:
        shown.append(message("I do not hear: {names}.", names=_listed(others)))
    return shown


def _heard(session: VoiceSession, user_id: int, name: str) -> Text:
    """A member who is heard, since when, and how much they have spoken."""
    spoken = number(session.audio_s.get(user_id, 0.0))
    since = session.consent.heard_since.get(user_id)
    if since is None:
        return message("{name} ({seconds} s of speech)", name=name, seconds=spoken)
    # Translators: {time} is Discord's own "17:05".
    return message(
        "{name} (since {time}, {seconds} s of speech)",
        name=name,
        time=discord.utils.format_dt(since, "t"),
        seconds=spoken,
    )


def _listed(names: list[str | Text]) -> Text:
    hidden = len(names) - _SHOWN
    if hidden <= 0:
        return listing(names)
    # Translators: the end of a list of names: "Ann, Ben and 5 more".
    return listing([*names[:_SHOWN], plural("{count} more", "{count} more", count=hidden)])


def _audio(voice: ReceiveClient | None) -> list[Text]:
    if voice is None:
        return [message("There is no voice connection.")]
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
    return [kind, packets]


def questions(decisions: RecentDecisions) -> Text:
    """How many questions a call had, and what became of those that were sent early."""
    return message(
        "Questions in this call: {questions}, sent early: {early}, withdrawn because the speaker "
        "went on: {withdrawn}.",
        questions=decisions.questions,
        early=decisions.early,
        withdrawn=decisions.withdrawn,
    )


def latencies(decisions: RecentDecisions) -> Text | None:
    """How long the answers of a call took to begin; None without any."""
    waits_s = [turn.waited_s for turn in decisions if turn.waited_s is not None]
    if not waits_s:
        return None
    last = (number(wait_s, decimals=1) for wait_s in islice(waits_s, _LAST))
    return message(
        "Half of the answers came within {median} s, the last after {last} s.",
        median=number(statistics.median(waits_s), decimals=1),
        last=joined(last, "; "),
    )


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(StatusCog(bot))
