"""One guild's call: the connection, the conversation, and the intent to be there.

The session keeps its own word on where it is meant to be. Discord's connection may die in ways
that its client library reports late or not at all, so a supervisor compares the intent with what
is really there every second, and puts right what differs: it joins again, it says in the text
channel when it cannot hear, it leaves when everybody else has left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import discord

from discord_bot.errors import CouldNotConnect
from discord_bot.playback import DiscordLoudspeaker
from discord_bot.receive import CallRefused, FrameKind, ReceiveClient
from discord_bot.settings import DiscordSettings
from pipeline.audio import Pcm16
from pipeline.decisions import RecentDecisions
from pipeline.events import LeftOut, Observer, RoomEvent, Unspoken
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker, Speaker

log = logging.getLogger(__name__)

VoiceChannel: TypeAlias = discord.VoiceChannel | discord.StageChannel
TextChannel: TypeAlias = discord.abc.Messageable
RoomFactory: TypeAlias = Callable[[int, Loudspeaker, Observer], PipelineOrchestrator]
"""Makes a guild's conversation: guild id, where it speaks, who watches."""


FINAL_REFUSALS: Final = frozenset((4004, 4016, 4017))
"""Voice close codes that trying again does not heal: authentication, mode, no DAVE."""
_HEARD_WITHIN_S: Final = 5.0
"""How long /join waits for the encryption group that lets the bot's words be heard."""
_RECONNECT_GRACE_S: Final = 3.0
"""discord.py reconnects by itself within this time, if it does at all."""
_LONGEST_RETRY_S: Final = 30.0
_CONFIRMED_S: Final = 2.0
_UNCONFIRMED_S: Final = 0.3
"""How long to wait for Discord's word that a call was left, where it can and where it cannot come;
it takes some 100 ms."""


@dataclass(slots=True)
class _Trouble:
    """What the supervisor found wrong, and what it does about it."""

    since: float
    attempts: int = 0
    next_attempt_at: float = 0.0


class VoiceSession:
    """A guild's call, from `join` to `leave`."""

    def __init__(
        self,
        client: discord.Client,
        settings: DiscordSettings,
        make_room: RoomFactory,
        guild: discord.Guild,
        text: TextChannel,
        on_end: Callable[[VoiceSession], None],
        observer: Observer,
    ) -> None:
        self.guild = guild
        self.text = text
        self.channel: VoiceChannel | None = None
        self.voice: ReceiveClient | None = None
        self.decisions = RecentDecisions()
        self.loudspeaker = DiscordLoudspeaker(lambda: self.voice)
        self.room = make_room(guild.id, self.loudspeaker, self._observe)
        self._client = client
        self._settings = settings
        self._on_end = on_end
        self._observer = observer
        self._clock = asyncio.get_running_loop().time
        self._tasks: set[asyncio.Task[None]] = set()
        self._trouble: _Trouble | None = None
        self._alone_since: float | None = None
        self._connecting = asyncio.Lock()
        self._over = False
        self._ended = asyncio.Event()
        self._put_out = False

    # -- what commands do -------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """It has been left, or is just being: there is no coming back to it."""
        return self._over

    @property
    def now(self) -> float:
        """Seconds on the clock of this call and of its room."""
        return self._clock()

    def what_is_wrong(self) -> str | None:
        """Why the bot cannot hear at this moment, in words; None when it can."""
        return self._what_is_wrong(self.now)

    async def join(self, channel: VoiceChannel) -> None:
        """Be in ``channel`` from now on, until `leave`, a kick, or everybody else's leaving.

        Raises:
            CouldNotConnect: Discord did not let us in; the session is over then.
        """
        first = self.channel is None
        self.channel = channel
        try:
            await self._connect()
            if self._over:
                await self._disconnect()
                raise CouldNotConnect(f"I was sent away before I was in {channel.mention}.")
        except BaseException:
            if first:
                await self.leave()
            raise
        if first:
            self.room.start()
            self._spawn(self._supervise(), "voice supervisor")

    def is_in(self, channel: VoiceChannel) -> bool:
        """Whether the call in ``channel`` is up and nothing is wrong with it."""
        there = self.voice is not None and self.voice.channel == channel
        return there and self.what_is_wrong() is None

    async def leave(self) -> None:
        """End the call and the conversation, for good. A second call waits for the first."""
        if self._over:
            await self._ended.wait()
            return
        self._over = True
        self.channel = None
        try:
            await self.room.aclose()
            current = asyncio.current_task()
            tasks = [task for task in self._tasks if task is not current]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await self._disconnect()
            self._on_end(self)
            self._ended.set()

    # -- what Discord says ------------------------------------------------------------------

    def voice_state_changed(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        """Somebody, perhaps we, joined, left or was moved."""
        if self.channel is None or before.channel == after.channel:
            return
        if self._client.user is not None and member.id == self._client.user.id:
            self._moved(after.channel)
        elif not member.bot:
            if after.channel == self.channel:
                self.room.person_joined(Speaker(member.id, member.display_name))
            elif before.channel == self.channel:
                self.room.person_left(member.id)

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        """A frame of somebody's audio, from the receive client."""
        self.room.hear(user_id, pcm, self._clock(), end_of_talk=kind is FrameKind.SILENCE)

    def on_gone(self, user_id: int) -> None:
        """The voice server says somebody is gone; Discord's gateway says so too, and names them."""

    def _moved(self, channel: VoiceChannel | None) -> None:
        # discord.py leaves and joins again by itself when its connection breaks: only when it has
        # given its voice client up, being out of the channel means that somebody put us out.
        self._put_out = channel is None
        if channel is not None and self.channel != channel:
            log.info("moved to channel %s", channel.id)
            self.channel = channel
            self._meet_people()

    # -- the connection ---------------------------------------------------------------------

    async def _connect(self) -> None:
        async with self._connecting:
            channel = self.channel
            if channel is None or self.is_in(channel):
                return
            await self._disconnect()
            try:
                voice = await channel.connect(
                    cls=ReceiveClient, timeout=self._settings.connect_timeout_s, reconnect=True
                )
            except (TimeoutError, OSError, discord.DiscordException) as error:
                await self._disconnect()
                final = isinstance(error, CallRefused) and error.code in FINAL_REFUSALS
                raise CouldNotConnect(
                    f"I could not join {channel.mention}: {error}", final=final
                ) from error
            self.voice, self._put_out = voice, False
            voice.listen(self)
            self._meet_people()
            if isinstance(channel, discord.StageChannel):
                await self._take_the_stage()
            if not await voice.wait_until_heard(_HEARD_WITHIN_S):
                log.warning("in guild %s nobody can decrypt the bot yet", self.guild.id)

    async def _take_the_stage(self) -> None:
        """In a stage channel, be a speaker, or ask to be one."""
        me = self.guild.me
        try:
            await me.edit(suppress=False)
        except discord.Forbidden:
            await me.request_to_speak()

    async def _disconnect(self) -> None:
        voice = self.voice or self.guild.voice_client
        self.voice = None
        if voice is None:
            return
        # discord.py waits for Discord to confirm, which it never does for a client that discord.py
        # itself has given up, nor while the gateway is away.
        confirms = self.guild.voice_client is voice
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CONFIRMED_S if confirms else _UNCONFIRMED_S):
                await voice.disconnect(force=True)

    def _meet_people(self) -> None:
        """Make the room's people those who are in the channel."""
        if self.channel is None:
            return
        for user_id in self.channel.voice_states:
            member = self.guild.get_member(user_id)
            if member is None:
                self._spawn(self._meet_stranger(user_id), "fetch a member")
            elif not member.bot:
                self.room.person_joined(Speaker(member.id, member.display_name))
        for user_id in self.room.people - set(self.channel.voice_states):
            self.room.person_left(user_id)

    async def _meet_stranger(self, user_id: int) -> None:
        """Somebody who is in the call and not in the cache."""
        try:
            member = await self.guild.fetch_member(user_id)
        except discord.DiscordException as error:
            log.warning("member %s is not known and will not be heard: %s", user_id, error)
            return
        if not member.bot and self.channel is not None and user_id in self.channel.voice_states:
            self.room.person_joined(Speaker(member.id, member.display_name))

    # -- the supervisor ---------------------------------------------------------------------

    async def _supervise(self) -> None:
        while self.channel is not None:
            await asyncio.sleep(self._settings.supervise_every_s)
            try:
                await self._check()
            except Exception:
                log.exception("the voice supervisor failed; it goes on")

    async def _check(self) -> None:
        now = self._clock()
        if self.channel is None:
            return
        if self._put_out and self.guild.voice_client is None:
            log.info("removed from the call in guild %s", self.guild.id)
            await self._end_with("I was disconnected from the call.")
            return
        if self._is_alone(self.channel, now):
            await self._end_with("Everybody has left, so I did too.")
            return
        wrong = self._what_is_wrong(now)
        if wrong is not None:
            await self._put_right(wrong, now)
        elif self._trouble is not None:
            if self._trouble.attempts:
                await self.announce("I can hear you again.")
            self._trouble = None

    async def _put_right(self, wrong: str, now: float) -> None:
        if self._trouble is None:
            self._trouble = _Trouble(now)
        trouble = self._trouble
        voice = self.voice
        reconnecting = voice is not None and not voice.is_connected()
        if reconnecting and not trouble.attempts and now - trouble.since < _RECONNECT_GRACE_S:
            return
        if now < trouble.next_attempt_at:
            return
        if not trouble.attempts:
            await self.announce(f"I cannot hear you right now: {wrong}. I am joining again.")
        log.warning("voice in guild %s: %s; joining again", self.guild.id, wrong)
        trouble.attempts += 1
        wait_s = min(2.0 ** (trouble.attempts - 1), _LONGEST_RETRY_S)
        try:
            await self._connect()
        except CouldNotConnect as error:
            log.warning("could not join again: %s", error)
            if error.final:
                await self._end_with(f"{error} I am giving up.")
        trouble.next_attempt_at = self._clock() + wait_s

    def _what_is_wrong(self, now: float) -> str | None:
        voice = self.voice
        if voice is None:
            return "I am not connected"
        if self.guild.voice_client is not voice:
            return "Discord began a new session"
        if not voice.is_connected():
            return "the connection was lost"
        return voice.deaf(now)

    def _is_alone(self, channel: VoiceChannel, now: float) -> bool:
        mine = self._client.user.id if self._client.user is not None else 0
        others = [user_id for user_id in channel.voice_states if user_id != mine]
        humans = [
            user_id
            for user_id in others
            if (member := self.guild.get_member(user_id)) is None or not member.bot
        ]
        if humans:
            self._alone_since = None
            return False
        if self._alone_since is None:
            self._alone_since = now
        return now - self._alone_since >= self._settings.leave_when_alone_s

    # -- telling ----------------------------------------------------------------------------

    def _observe(self, event: RoomEvent) -> None:
        if isinstance(event, Unspoken | LeftOut):
            text = f"**{self.room.name_of(event.agent)}**: {event.text}"
            self._spawn(self.announce(text[:2000]), "post what was not spoken")
        self.decisions.observe(event)
        self._observer(event)

    async def announce(self, text: str) -> None:
        """Say something in writing to everybody who can read the text channel."""
        try:
            await self.text.send(text, allowed_mentions=discord.AllowedMentions.none())
        except discord.DiscordException as error:
            log.warning("could not post to the text channel: %s", error)

    async def _end_with(self, why: str) -> None:
        await self.announce(why)
        await self.leave()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"{name} {self.guild.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
