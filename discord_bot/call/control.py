"""All calls of one bot: carries out, guild by guild, what `IntentQueue` puts in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import discord

from discord_bot.call.intents import Intent, IntentKind, IntentOutcome, IntentQueue
from discord_bot.call.room_chat import TextChannel
from discord_bot.call.supervisor import CHANNEL_DELETED
from discord_bot.call.voice_channel import VoiceChannel, clear_presence, shown_in
from discord_bot.errors import VoiceSessionError
from discord_bot.guild_state import RunningCall, RunningCalls
from discord_bot.rights import channel_name
from discord_bot.voice_session import VoiceSession
from tasks import OwnedTasks
from translations import Text, message

log = logging.getLogger(__name__)

NewSession: TypeAlias = Callable[[discord.Guild, TextChannel], VoiceSession]
REMOVED: Final = message("I was disconnected from the call.")
_TOLD_S: Final = 3.0
"""How long a join waits until its members are told."""
GOODBYE: Final = message(
    "I am being shut down, so I leave. As soon as I am started again, I come back to this call."
)
_ANSWER_S: Final = 2.0
"""How long a shutdown waits for the answers to those who asked for something."""


class CallControl:
    """The calls by guild. ``new_session`` makes one that has not joined."""

    def __init__(
        self, client: discord.Client, running: RunningCalls, new_session: NewSession
    ) -> None:
        self.sessions: dict[int, VoiceSession] = {}
        self._client = client
        self._running = running
        self._new_session = new_session
        self._queues: dict[int, IntentQueue] = {}
        self._tasks = OwnedTasks(log, expected=(VoiceSessionError,))
        self._answering: set[asyncio.Task[object]] = set()
        self._closing = False
        self.on_call_left: list[Callable[[VoiceChannel, Intent], None]] = []
        """Called with the channel that a call has left, and what was wanted instead."""

    # -- state -------------------------------------------------------------------------------

    def call_in(self, guild: discord.Guild) -> VoiceChannel | None:
        """The channel of the call that runs: joined, being repaired, or to be rejoined."""
        session = self.sessions.get(guild.id)
        if session is not None and session.joined:
            return session.channel
        running = self._running.of(guild.id)
        found = None if running is None else guild.get_channel(running.channel_id)
        if isinstance(found, discord.VoiceChannel | discord.StageChannel):
            return found
        return shown_in(self._client, guild) if self.joining(guild) is None else None

    def joining(self, guild: discord.Guild) -> VoiceChannel | None:
        """The channel that the bot is about to join."""
        return self._queue(guild.id).joining

    def since(self, guild_id: int, intent: Intent) -> Intent | None:
        """The last intent in the guild, if it came after this one and wants something else."""
        latest = self._queue(guild_id).latest
        return None if latest is None or latest is intent or latest.is_like(intent) else latest

    def to_be_restored(self, guild_id: int) -> bool:
        """Whether the guild has a call from before a restart that is not rejoined yet."""
        return guild_id not in self.sessions and self._running.of(guild_id) is not None

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While the body runs, the task answers a member: a shutdown waits for it a moment."""
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        try:
            yield
        finally:
            self._answering.discard(task)

    # -- intents -----------------------------------------------------------------------------

    def submit(self, guild_id: int, intent: Intent) -> asyncio.Future[IntentOutcome]:
        """Add an intent to the guild's queue; returns at once."""
        return self._queue(guild_id).submit(intent)

    def submit_if_idle(self, guild_id: int, intent: Intent) -> asyncio.Future[IntentOutcome] | None:
        """Add an intent that gives way to every other; None if something else is being done."""
        return self._queue(guild_id).submit_if_idle(intent)

    def restore(self, guild: discord.Guild, intent: Intent) -> asyncio.Future[IntentOutcome] | None:
        """Add an intent of a restart; None where there is a call, or something else is wanted."""
        if guild.id in self.sessions:
            return None
        return self._queue(guild.id).submit_if_idle(intent)

    def bot_moved(
        self, guild: discord.Guild, before: VoiceChannel | None, after: VoiceChannel | None
    ) -> None:
        """The bot's voice state changed without having been asked for."""
        session = self.sessions.get(guild.id)
        if session is None or session.channel is None:
            return
        if after is None and before is not None and not session.removed_by_member:
            log.warning("guild %s: Discord has ended the voice session", guild.id)
        elif after is None:
            log.info("guild %s: a member disconnected the bot from the call", guild.id)
            self._report(guild.id, Intent(kind=IntentKind.REMOVED))
        elif before is not None and after not in (before, session.channel):
            self._report(guild.id, Intent(kind=IntentKind.MOVED, channel=after))
        elif before == after:
            session.own_state_changed()

    def session_over(self, session: VoiceSession, reason: Text) -> None:
        """A call is over by itself: everybody has left, or its channel was deleted."""
        over = Intent(kind=IntentKind.END, reason=reason)
        self._queue(session.guild.id).submit_if_idle(over)

    async def remove_guild(self, guild_id: int) -> None:
        """End the call of a guild that the bot is no longer in."""
        session = self.sessions.get(guild_id)
        if session is not None:
            await session.leave()
        queue = self._queues.get(guild_id)
        if queue is not None and queue.idle:
            del self._queues[guild_id]

    async def close(self) -> None:
        """Give up what is being joined, tell those who asked, and leave every call."""
        self._closing = True
        over = Intent(kind=IntentKind.SHUTDOWN)
        await asyncio.gather(*(queue.close(over) for queue in self._queues.values()))
        if self._answering:
            await asyncio.wait(self._answering, timeout=_ANSWER_S)
        await self._say_goodbye()
        sessions = list(self.sessions.values())
        results = await asyncio.gather(
            *(session.leave() for session in sessions), return_exceptions=True
        )
        for session, error in zip(sessions, results, strict=True):
            if error is not None:
                log.error(
                    "guild %s: the call did not end cleanly", session.guild.id, exc_info=error
                )
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                await self._tasks.wait()
        await self._tasks.aclose()

    async def _say_goodbye(self) -> None:
        """Tell the members of each call that the bot is shut down."""
        sessions = [each for each in self.sessions.values() if each.joined]
        goodbyes = [
            asyncio.create_task(each.tell(GOODBYE), name="tell of the shutdown")
            for each in sessions
        ]
        if not goodbyes:
            return
        _, late = await asyncio.wait(goodbyes, timeout=_ANSWER_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*goodbyes, return_exceptions=True)

    # -- hooks of the sessions ---------------------------------------------------------------

    def session_joined(self, session: VoiceSession) -> None:
        """A session has joined its channel, has rejoined it, or was moved to another."""
        if session.channel is not None:
            text_id = getattr(session.text, "id", None)
            call = RunningCall(channel_id=session.channel.id, text_channel_id=text_id)
            self._running.add(session.guild.id, call)

    def session_left(self, session: VoiceSession, joined: bool) -> None:
        """A session has ended; with whether it had ever joined."""
        # A call that was never joined may be one that a Rejoiner still tries to rejoin.
        if joined and not self._closing:
            self._running.remove(session.guild.id)
        if self.sessions.get(session.guild.id) is session:
            del self.sessions[session.guild.id]

    # -- carrying out ------------------------------------------------------------------------

    def _queue(self, guild_id: int) -> IntentQueue:
        queue = self._queues.get(guild_id)
        if queue is None:
            queue = self._queues[guild_id] = IntentQueue(
                lambda intent, stop: self._carry_out(guild_id, intent, stop),
                lambda intent: self._repeat(guild_id, intent),
                self._tasks,
            )
        return queue

    def _report(self, guild_id: int, intent: Intent) -> None:
        """Submit an event that has no asker; log its failure."""

        def done(future: asyncio.Future[IntentOutcome]) -> None:
            error = None if future.cancelled() else future.exception()
            if isinstance(error, VoiceSessionError):
                log.warning("guild %s: %s: %s", guild_id, intent.kind.value, error)
            elif error is not None:
                log.error("guild %s: %s failed", guild_id, intent.kind.value, exc_info=error)

        self.submit(guild_id, intent).add_done_callback(done)

    async def _carry_out(self, guild_id: int, intent: Intent, stop: asyncio.Event) -> bool:
        session = self.sessions.get(guild_id)
        if intent.channel is not None:
            return await self._join(session, intent, intent.channel, stop)
        guild = self._client.get_guild(guild_id)
        if session is None:
            running = self._running.of(guild_id)
            left = await self._clear(guild_id, guild)
            if intent.ends and running is not None and guild is not None:
                self._left(guild.get_channel(running.channel_id), intent)
            return left
        channel, joined = session.channel, session.joined
        self._running.remove(guild_id)
        await session.leave()
        self._left(channel, intent)
        if joined or intent.kind is not IntentKind.LEAVE:
            deleted = channel is not None and guild and guild.get_channel(channel.id) is None
            text = {
                IntentKind.REMOVED: CHANNEL_DELETED if deleted else REMOVED,
                IntentKind.END: intent.reason,
            }.get(intent.kind) or message("{name} has ended the call.", name=intent.by)
            told = session.tell(text, answered_in=intent.answered_in)
            self._tasks.spawn(told, "tell of the end of a call")
        return True

    def _left(self, channel: object, intent: Intent) -> None:
        if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
            for listener in self.on_call_left:
                listener(channel, intent)

    async def _clear(self, guild_id: int, guild: discord.Guild | None) -> bool:
        """Leave where there is no session; False if there is nothing to leave."""
        running = self._running.remove(guild_id)
        if guild is None or shown_in(self._client, guild) is None:
            return running
        await clear_presence(self._client, guild)
        return True

    async def _join(
        self,
        session: VoiceSession | None,
        intent: Intent,
        channel: VoiceChannel,
        stop: asyncio.Event,
    ) -> bool:
        guild = channel.guild
        if session is not None and session.over:
            await session.leave()
            session = None
        if session is None:
            session = self.sessions[guild.id] = self._new_session(guild, intent.text or channel)
        if session.joined and session.is_in(channel):
            self._use_text(session, intent)
            return False
        before = session.channel if session.joined else None
        if intent.text is not None:
            session.text = intent.text
        followed = intent.kind is IntentKind.MOVED and session.moved_to(channel)
        if not followed:
            await session.join(channel, stop)
        if before != channel:
            self._left(before, intent)
        if before not in (None, channel) and intent.kind is IntentKind.JOIN:
            text = message(
                "{name} has called me to {channel}.",
                name=intent.by,
                channel=channel_name(channel, None),
            )
            self._tasks.spawn(session.tell_in(before, text), "tell of a move")
        if not stop.is_set():
            back = intent.kind is IntentKind.RESTORE
            notice = session.consent.announce(channel, back=back)
            telling = self._tasks.spawn(notice, "tell that the agent listens")
            # The asker is answered after those in the call are told; a later intent comes first.
            stopped = self._tasks.spawn(stop.wait(), "a later intent")
            await asyncio.wait(
                {telling, stopped}, timeout=_TOLD_S, return_when=asyncio.FIRST_COMPLETED
            )
            stopped.cancel()
            if intent.reason is not None:
                self._tasks.spawn(session.tell(intent.reason), "tell why the bot came")
        return True

    def _repeat(self, guild_id: int, intent: Intent) -> None:
        session = self.sessions.get(guild_id)
        if session is not None and intent.channel is not None:
            self._use_text(session, intent)

    def _use_text(self, session: VoiceSession, intent: Intent) -> None:
        """Change the text channel of a running call, and tell its members."""
        text = intent.text
        if text is None or getattr(text, "id", None) == getattr(session.text, "id", None):
            return
        session.text = text
        self.session_joined(session)
        where = getattr(text, "mention", message("another channel"))
        told = session.tell(
            message(
                "What I cannot say aloud goes to {channel} now, as {name} wanted.",
                channel=where,
                name=intent.by,
            )
        )
        self._tasks.spawn(told, "tell of the new text channel")


def happened(intent: Intent, viewer: discord.Member | None) -> Text:
    """What an intent did, as a sentence for a member; it names no channel that they cannot see."""
    match intent.kind, intent.channel:
        case IntentKind.LEAVE, _:
            return message("{name} then ended the call.", name=intent.by)
        case IntentKind.REMOVED, _:
            return message("A member then disconnected me.")
        case IntentKind.END, _:
            return message("The call then ended.")
        case IntentKind.SHUTDOWN, _:
            return message("I was then shut down.")
        case IntentKind.MOVED, channel if channel is not None:
            return message(
                "A member then moved me to {channel}.", channel=channel_name(channel, viewer)
            )
        case _, channel if channel is not None:
            return message(
                "{name} then called me to {channel}.",
                name=intent.by,
                channel=channel_name(channel, viewer),
            )
        case _:
            return message("I then left.")
