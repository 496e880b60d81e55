"""Transcripts of the calls whose server keeps them: posted live, and stored as long as it chose.

The notice that the bot listens tells of it (`CallConsent`); a transcript has only the words of
members who could read that. It is posted in a thread of the call's text channel. Where that is not
possible, or where the thread would be open to members who cannot see the voice channel, it is
posted in the voice channel's own chat. A transcript begins with its first line.
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
from discord_bot.call.transcript_place import thread_parent
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import DISCORD_FAILED
from discord_bot.messages.posting import post_in
from discord_bot.shared_memory import SharedMemory
from pipeline.echo.guard import ECHO
from pipeline.events import ReplyEnded, RoomEvent, TurnDecided
from pipeline.listening.open_calls import ONLY_CALLS
from tasks import OwnedTasks
from translations import Text, lines, message, verbatim

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
    place: discord.abc.Messageable | None = None
    """None until its first lines are posted."""
    number: int | None = None
    """Its id in the database; None where it could not be stored."""
    pending: list[TranscriptLine] = field(default_factory=list)
    remembered: set[TranscriptLine] = field(default_factory=set)
    """Those of them that go into the agents' memory too."""
    posting: asyncio.Lock = field(default_factory=asyncio.Lock)


class CallTranscripts:
    """The transcripts of all running calls.

    ``store`` has what servers and members chose, ``language_of`` the language to post in.
    """

    def __init__(
        self,
        store: GuildStore,
        language_of: Callable[[discord.Guild], str],
        memory: SharedMemory | None = None,
    ) -> None:
        self._store = store
        self._memory = memory
        self._language_of = language_of
        self._running: dict[int, _Running] = {}
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
        """A call began, was repaired, or moved to another channel, which has its own transcript."""
        running = self._running.get(session.guild.id)
        if running is not None and (
            running.session is not session or running.channel != session.channel
        ):
            self._end(session.guild.id)

    def session_left(self, session: VoiceSession) -> None:
        """A call has ended."""
        running = self._running.get(session.guild.id)
        if running is not None and running.session is session:
            self._end(session.guild.id)

    def setting_changed(self, session: VoiceSession) -> None:
        """The server switched transcripts on or off during a call."""
        if not self._store.settings.of(session.guild.id).transcripts:
            self._end(session.guild.id)

    def observe(self, session: VoiceSession, event: RoomEvent) -> None:
        """Note what was said: the words of a turn, or what was heard of a reply."""
        told = session.consent.told_of_transcript
        if not told or not self._store.settings.of(session.guild.id).transcripts:
            return
        now = datetime.now(UTC)
        if isinstance(event, TurnDecided) and event.text and not _NOT_SAID & {*event.reasons}:
            who = event.speaker
            if who.id in told:
                self._add(session, TranscriptLine(now, who.id, who.name, event.text))
        elif isinstance(event, ReplyEnded) and event.heard.strip():
            name = session.room.name_of(event.agent)
            asker = event.speaker.id or None
            if asker is None or asker in told:
                words = event.heard.strip()
                self._add(session, TranscriptLine(now, asker, name, words, event.agent))

    def drop(self, guild_id: int) -> None:
        """End the running transcript without the lines that wait, before it is deleted. The next
        line begins another one."""
        running = self._running.pop(guild_id, None)
        if running is not None:
            running.pending.clear()

    def forget_lines(self, guild_id: int, member_id: int) -> None:
        """Drop the lines of a member that are not posted yet."""
        running = self._running.get(guild_id)
        if running is not None:
            running.pending = [each for each in running.pending if each.member_id != member_id]

    # -- beginning and ending ----------------------------------------------------------------

    def _add(self, session: VoiceSession, line: TranscriptLine) -> None:
        """Add a line to a call's transcript, or begin it."""
        guild_id, channel = session.guild.id, session.channel
        running = self._running.get(guild_id)
        if running is None:
            if channel is None:
                return
            running = self._running[guild_id] = _Running(session, channel)
            self._tasks.spawn(self._post_lines(running), "post a transcript")
        running.pending.append(line)
        if self._memory is not None and line.member_id in session.consent.told_of_memory:
            running.remembered.add(line)

    async def _open(self, running: _Running) -> discord.abc.Messageable:
        """Choose the place of the lines, with a new thread where that is possible, and begin to
        store them."""
        guild, channel = running.session.guild, running.channel
        place: discord.abc.Messageable = channel
        text = thread_parent(running.session.text, channel)
        if text is not None:
            place = await self._new_thread(text, channel) or channel
        thread_id = place.id if isinstance(place, discord.Thread) else None
        try:
            begin = self._store.transcripts.begin
            running.number = await begin(guild.id, channel.id, thread_id)
        except DatabaseError as error:
            log.warning("guild %s: a transcript is posted, but not stored: %s", guild.id, error)
        return place

    async def _new_thread(
        self, text: discord.TextChannel, channel: VoiceChannel
    ) -> discord.Thread | None:
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
            return None

    def _end(self, guild_id: int) -> None:
        running = self._running.pop(guild_id, None)
        if running is not None:
            ending = self._tasks.spawn(self._flush(running), "post the end of a transcript")
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

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
            remembered, running.remembered = running.remembered, set()
            if not fresh:
                return
            told = [line for line in fresh if line in remembered]
            if self._memory is not None and told:
                # Before any other wait: a wish to forget that comes meanwhile must come after it.
                guild_id, place = running.session.guild.id, running.channel.name
                await self._memory.remember(guild_id, place, told)
            if running.place is None:
                running.place = await self._open(running)
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


def _shown(line: TranscriptLine) -> Text:
    name = discord.utils.escape_markdown(line.name)
    words = discord.utils.escape_markdown(" ".join(line.words.split()))
    return verbatim(f"{discord.utils.format_dt(line.at, 'T')} **{name}**: {words}")
