"""Calls that begin and end without a command: by the server's rule, after a member, when idle.

`wanted_channel` says where the bot should be, `IdleWatch` when a call has been idle. What they want
goes through the queue of intents, after everything that members, moderators and restarts want.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import Final

import discord

from backoff import Backoff
from database.store import GuildStore
from database.writer import Kept
from discord_bot.call.control import CallControl
from discord_bot.call.idle import IdleWatch, is_activity
from discord_bot.call.intents import Intent, IntentKind
from discord_bot.call.voice_channel import VoiceChannel, only_bots
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.call.wanted_channel import Declined, WantedChannel, wanted_channel
from discord_bot.errors import VoiceSessionError
from discord_bot.rights import RightsOf
from discord_bot.voice_session import VoiceSession
from pipeline.events import RoomEvent
from tasks import OwnedTasks

log = logging.getLogger(__name__)

SETTLE_S: Final = 0.5
"""How long the bot waits after a move: members pass through channels on their way."""
_LOOK_AGAIN_S: Final = 1.0
_FIRST_RETRY_S: Final = 5.0
_LONGEST_RETRY_S: Final = 300.0
_TICK_S: Final = 1.0


class ComingAndGoing:
    """Joins and leaves of one bot that no command asked for."""

    def __init__(
        self, client: discord.Client, control: CallControl, store: GuildStore, rights: RightsOf
    ) -> None:
        self._client = client
        self._control = control
        self._store = store
        self._rights = rights
        self._declined: defaultdict[int, Declined] = defaultdict(Declined)
        self._idle: dict[int, tuple[VoiceSession, IdleWatch]] = {}
        self._tasks = OwnedTasks(log)
        self._looking: dict[int, asyncio.Task[None]] = {}
        control.on_call_left.append(self._call_left)

    def start(self) -> None:
        """Begin to watch for idle calls."""
        self._tasks.spawn(self._watch_idle(), "idle calls")

    async def aclose(self) -> None:
        """Stop all attempts."""
        await self._tasks.aclose()

    # -- what happens ------------------------------------------------------------------------

    def member_moved(
        self, member: discord.Member, before: VoiceChannel | None, after: VoiceChannel | None
    ) -> None:
        """A member other than the bot joined, left or was moved."""
        self._declined[member.guild.id].moved(member, before, after)
        self.look(member.guild.id)

    def guild_available(self, guild: discord.Guild) -> None:
        """Discord has sent a guild, for the first time or again."""
        self._declined[guild.id].sync(guild)
        self.look(guild.id)

    def guild_removed(self, guild_id: int) -> None:
        """The bot is no longer in a guild."""
        self._declined.pop(guild_id, None)
        self._idle.pop(guild_id, None)
        if (task := self._looking.pop(guild_id, None)) is not None:
            task.cancel()

    def observe(self, guild_id: int, event: RoomEvent) -> None:
        """An event of a guild's conversation."""
        if is_activity(event) and guild_id in self._idle:
            self._idle[guild_id][1].active(self._now())

    def follow(self, guild_id: int, member_id: int, follow: bool) -> Kept:
        """Follow a member into the voice channels of a guild from now on, or no longer."""
        kept = self._store.members.choose(member_id, guild_id, follow=follow)
        if follow:
            self.look(guild_id)
        return kept

    def _call_left(self, channel: VoiceChannel, intent: Intent) -> None:
        """The bot has left a channel for what an intent wanted."""
        if intent.kind is not IntentKind.SHUTDOWN:
            self._declined[channel.guild.id].add(channel)
            self.look(channel.guild.id)

    # -- coming ------------------------------------------------------------------------------

    def look(self, guild_id: int) -> None:
        """See whether the bot should come by itself, unless that is being done."""
        running = self._looking.get(guild_id)
        if running is not None and not running.done():
            return
        if self._wanted(guild_id) is not None:
            work = self._come(guild_id)
            self._looking[guild_id] = self._tasks.spawn(work, f"coming in guild {guild_id}")

    async def _come(self, guild_id: int) -> None:
        backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S)
        await asyncio.sleep(SETTLE_S)
        while (wanted := self._wanted(guild_id)) is not None:
            wait_s = _LOOK_AGAIN_S
            if not self._must_wait(wanted.channel.guild):
                try:
                    if await self._join(wanted):
                        return
                except VoiceSessionError as error:
                    wait_s = backoff.next_s()
                    log.warning(
                        "guild %s: could not come by myself: %s; again in %.0f s",
                        guild_id, error, wait_s,
                    )  # fmt: skip
            await asyncio.sleep(wait_s)

    async def _join(self, wanted: WantedChannel) -> bool:
        """Join; False to look again.

        Raises:
            VoiceSessionError: Discord refused.
        """
        channel = wanted.channel
        intent = Intent(
            kind=IntentKind.JOIN,
            channel=channel,
            text=channel,
            by=wanted.by,
            reason=wanted.reason,
        )
        future = self._control.submit_if_idle(channel.guild.id, intent)
        if future is None:
            return False
        log.info("guild %s: coming to channel %s by myself", channel.guild.id, channel.id)
        outcome = await future
        if outcome.later is not None and outcome.later.kind in (
            IntentKind.LEAVE,
            IntentKind.REMOVED,
        ):
            self._declined[channel.guild.id].add(channel)
        return outcome.later is None

    def _wanted(self, guild_id: int) -> WantedChannel | None:
        """Where the bot should come; None also while members are in a call with it."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return None
        session = self._control.sessions.get(guild_id)
        if session is not None and session.channel is not None and not _empty(session.channel):
            return None
        rights = self._rights(guild_id)
        declined = self._declined[guild_id]
        settings = self._store.settings.of(guild_id)
        found = wanted_channel(guild, settings, self._store.members, rights, declined)
        if found is not None and session is not None and session.channel == found.channel:
            return None
        return found

    def _must_wait(self, guild: discord.Guild) -> bool:
        """Whether Discord is away, or a call from before a restart comes first."""
        if voice_state_requests(self._client).offline(guild.id):
            return True
        return self._control.to_be_restored(guild.id)

    # -- going -------------------------------------------------------------------------------

    async def _watch_idle(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            for guild_id in self._idle.keys() - self._control.sessions.keys():
                del self._idle[guild_id]
            for guild_id, session in list(self._control.sessions.items()):
                if session.joined:
                    self._check_idle(guild_id, session)

    def _check_idle(self, guild_id: int, session: VoiceSession) -> None:
        now = self._now()
        watched = self._idle.get(guild_id)
        if watched is None or watched[0] is not session:
            watched = self._idle[guild_id] = (session, IdleWatch(now))
        limit_s = self._store.settings.of(guild_id).leave_when_idle_s
        if limit_s and session.problem() is not None:
            watched[1].active(now)  # the bot does not hear whether it is talked to
        step = watched[1].decide(limit_s, now)
        if step.notice is not None:
            self._tasks.spawn(session.tell(step.notice), "tell before leaving an idle call")
        if step.end is not None:
            self._control.session_over(session, step.end)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _empty(channel: VoiceChannel) -> bool:
    """Whether no human is in a channel."""
    return only_bots(channel.guild, set(channel.voice_states))
