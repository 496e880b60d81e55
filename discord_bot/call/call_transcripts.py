"""Transcripts of the calls whose server keeps them: posted live, and stored as long as it chose.

A transcript has the words of members who were told of it. It is posted in a thread of the call's
text channel. Where that is not possible, or where the thread would be open to members who cannot
see the voice channel, it is posted in the voice channel's own chat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import discord

from database.errors import DatabaseError
from database.store import GuildStore
from database.transcripts import TranscriptLine
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import DISCORD_FAILED
from discord_bot.messages.posting import post_in
from pipeline.echo.guard import ECHO
from pipeline.events import ReplyEnded, RoomEvent, TurnDecided
from pipeline.listening.open_calls import ONLY_CALLS
from tasks import OwnedTasks
from translations import Text, joined, lines, message, sentences, verbatim

if TYPE_CHECKING:
    from discord_bot.voice_session import VoiceSession

log = logging.getLogger(__name__)

POST_EVERY_S: Final = 4.0
"""How often new lines are posted, as one message: Discord allows five in five seconds."""
_NOT_SAID: Final = frozenset({ECHO, ONLY_CALLS})
"""Reasons of turns that are no line of their own: the reply's echo, and a name alone, which
comes again with the words that follow it."""


@dataclass(eq=False, slots=True)
class _Running:
    """The transcript of a call that runs."""

    session: VoiceSession
    channel: VoiceChannel
    place: discord.abc.Messageable
    number: int | None
    """Its id in the database; None where it could not be stored."""
    told: set[int]
    """The members who know of it; the words of others are left out."""
    pending: list[TranscriptLine] = field(default_factory=list)
    posting: asyncio.Lock = field(default_factory=asyncio.Lock)


class CallTranscripts:
    """The transcripts of all running calls.

    ``store`` has what servers and members chose, ``language_of`` the language to post in.
    """

    def __init__(self, store: GuildStore, language_of: Callable[[discord.Guild], str]) -> None:
        self._store = store
        self._language_of = language_of
        self._running: dict[int, _Running] = {}
        self._beginning: set[int] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._tasks = OwnedTasks(log)

    def place_of(self, guild_id: int) -> discord.abc.Messageable | None:
        """Where a guild's transcript is posted now; None while there is none."""
        running = self._running.get(guild_id)
        return None if running is None else running.place

    async def aclose(self) -> None:
        """Post and store what is left, and stop."""
        for guild_id in list(self._running):
            self._end(guild_id)
        await asyncio.gather(*self._ending)
        await self._tasks.aclose()

    # -- events ------------------------------------------------------------------------------

    def session_joined(self, session: VoiceSession) -> None:
        """A call began, was repaired, or moved to another channel, whose members are told again."""
        running = self._running.get(session.guild.id)
        if running is None or running.session is not session or running.channel != session.channel:
            self._end(session.guild.id)
            self._begin_if_chosen(session)

    def session_left(self, session: VoiceSession) -> None:
        """A call has ended."""
        running = self._running.get(session.guild.id)
        if running is not None and running.session is session:
            self._end(session.guild.id)

    def setting_changed(self, session: VoiceSession) -> None:
        """The server switched transcripts on or off during a call."""
        if self._store.settings.of(session.guild.id).transcripts:
            self._begin_if_chosen(session)
        elif session.guild.id in self._running:
            self._end(session.guild.id)
            told = session.tell(message("What is said here is no longer written down."))
            self._tasks.spawn(told, "tell of the end of a transcript")

    def member_came(
        self, session: VoiceSession, member: discord.Member, channel: VoiceChannel
    ) -> None:
        """A member came into a call: they are told, and their words count from then on."""
        running = self._running.get(session.guild.id)
        if running is not None and channel == running.channel and member.id not in running.told:
            self._tasks.spawn(self._tell_too(running, member), "tell of a transcript")

    def observe(self, guild_id: int, event: RoomEvent) -> None:
        """Note what was said: the words of a turn, or what was heard of a reply."""
        running = self._running.get(guild_id)
        if running is None:
            return
        now = datetime.now(UTC)
        if isinstance(event, TurnDecided) and event.text and not _NOT_SAID & {*event.reasons}:
            who = event.speaker
            if who.id in running.told:
                running.pending.append(TranscriptLine(now, who.id, who.name, event.text))
        elif isinstance(event, ReplyEnded) and event.heard.strip():
            name = running.session.room.name_of(event.agent)
            asker = event.speaker.id or None
            if asker is None or asker in running.told:
                words = event.heard.strip()
                running.pending.append(TranscriptLine(now, asker, name, words, event.agent))

    def drop(self, guild_id: int) -> bool:
        """End the running transcript without the lines that wait, before it is deleted; False if
        there is none. `resume` begins another."""
        running = self._running.pop(guild_id, None)
        if running is not None:
            running.pending.clear()
        return running is not None

    async def resume(self, session: VoiceSession) -> None:
        """Begin a transcript again; returns when its members were told."""
        await self._begin(session)

    def forget_lines(self, guild_id: int, member_id: int) -> None:
        """Drop the lines of a member that are not posted yet."""
        running = self._running.get(guild_id)
        if running is not None:
            running.pending = [each for each in running.pending if each.member_id != member_id]

    # -- beginning and ending ----------------------------------------------------------------

    def _begin_if_chosen(self, session: VoiceSession) -> None:
        guild_id = session.guild.id
        if not self._store.settings.of(guild_id).transcripts or guild_id in self._running:
            return
        if guild_id not in self._beginning and session.joined:
            self._beginning.add(guild_id)
            self._tasks.spawn(self._begin(session), "tell that a transcript begins")

    async def _begin(self, session: VoiceSession) -> None:
        guild_id = session.guild.id
        try:
            if session.channel is None or session.over:
                return
            channel = session.channel
            present = set(channel.voice_states)
            place = await self._open(session, channel)
            where = getattr(place, "mention", channel.mention)
            days = self._store.settings.of(guild_id).transcript_retention_days
            if not await session.tell(_notice(where, days)):
                log.warning("guild %s: no transcript: its members cannot be told", guild_id)
                return
            thread_id = place.id if isinstance(place, discord.Thread) else None
            number = await self._store_begin(guild_id, channel.id, thread_id)
            wanted = self._store.settings.of(guild_id).transcripts
            if session.channel == channel and wanted and not session.over:
                running = _Running(session, channel, place, number, present)
                self._running[guild_id] = running
                self._tasks.spawn(self._post_lines(running), "post a transcript")
        finally:
            self._beginning.discard(guild_id)
        if session.channel not in (None, channel) and not session.over:
            self._begin_if_chosen(session)  # the call was moved meanwhile

    async def _store_begin(
        self, guild_id: int, channel_id: int, thread_id: int | None
    ) -> int | None:
        try:
            return await self._store.transcripts.begin(guild_id, channel_id, thread_id)
        except DatabaseError as error:
            log.warning("guild %s: a transcript is posted, but not stored: %s", guild_id, error)
            return None

    async def _open(self, session: VoiceSession, channel: VoiceChannel) -> discord.abc.Messageable:
        """The thread to post in, or else the voice channel's own chat."""
        text = session.text
        if not isinstance(text, discord.TextChannel) or _open_to_others(text, channel):
            return channel
        allowed = text.permissions_for(text.guild.me)
        if not (allowed.create_public_threads and allowed.send_messages_in_threads):
            return channel
        language = self._language_of(text.guild)
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        title = message("Call in {channel}, {day}", channel=channel.name[:60], day=day)
        try:
            return await text.create_thread(
                name=title.to(language)[:100],
                type=discord.ChannelType.public_thread,
                auto_archive_duration=1440,
            )
        except DISCORD_FAILED as error:
            log.warning("guild %s: no thread for a transcript: %s", text.guild.id, error)
            return channel

    def _end(self, guild_id: int) -> None:
        running = self._running.pop(guild_id, None)
        if running is not None:
            ending = self._tasks.spawn(self._flush(running), "post the end of a transcript")
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def _tell_too(self, running: _Running, member: discord.Member) -> None:
        days = self._store.settings.of(member.guild.id).transcript_retention_days
        notice = _notice(getattr(running.place, "mention", running.channel.mention), days)
        if await running.session.tell(joined((verbatim(member.mention), notice), ": ")):
            running.told.add(member.id)

    # -- lines -------------------------------------------------------------------------------

    async def _post_lines(self, running: _Running) -> None:
        while self._running.get(running.session.guild.id) is running:
            await asyncio.sleep(POST_EVERY_S)
            await self._flush(running)

    async def _flush(self, running: _Running) -> None:
        """Store and post the lines that wait; those of members who want none are dropped."""
        async with running.posting:
            fresh = [each for each in running.pending if self._may_keep(running, each)]
            running.pending.clear()
            if not fresh:
                return
            if running.number is not None:
                for line in fresh:
                    self._store.transcripts.add(running.number, line)
            guild = running.session.guild
            language = self._language_of(guild)
            try:
                shown = lines(_shown(line) for line in fresh)
                await post_in(running.place, guild.me, shown, language)
            except DISCORD_FAILED as error:
                log.warning("guild %s: a transcript was not posted: %s", guild.id, error)

    def _may_keep(self, running: _Running, line: TranscriptLine) -> bool:
        if line.member_id is None:
            return True
        choice = self._store.members.of(running.session.guild.id, line.member_id)
        return choice.transcript is not False and running.session.hears(line.member_id)


def _open_to_others(text: discord.TextChannel, channel: VoiceChannel) -> bool:
    """Whether a role sees a text channel, and not the voice channel."""
    return any(
        text.permissions_for(role).view_channel and not channel.permissions_for(role).view_channel
        for role in channel.guild.roles
    )


def _notice(where: str, days: int) -> Text:
    return sentences(
        message("What is said in this call is written down in {place}.", place=where),
        message("It is deleted from my database after {days} days.", days=days),
        message("`/transcript me` leaves your words out of it."),
    )


def _shown(line: TranscriptLine) -> Text:
    name = discord.utils.escape_markdown(line.name)
    words = discord.utils.escape_markdown(" ".join(line.words.split()))
    return verbatim(f"{discord.utils.format_dt(line.at, 'T')} **{name}**: {words}")
