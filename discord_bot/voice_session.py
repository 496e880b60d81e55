"""One guild's call: the conversation, and the intent to be there.

The session keeps its own word on where it is meant to be. Discord's connection may die in ways
that its client library reports late or not at all, so the intent is compared with what is really
there, some times a second, and what differs is put right (`supervisor`): the session joins again,
says in the text channel when it cannot hear, leaves when everybody else has left. It ends when
a member ends it, and for no other reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final, TypeAlias

import discord

from discord_bot.call.joining import ENTRY, check_may_join
from discord_bot.call.own_moves import own_moves
from discord_bot.call.presence import VoiceChannel
from discord_bot.call.supervisor import CHANNEL_GONE, Facts, Supervisor
from discord_bot.call.voice_connection import VoiceConnection
from discord_bot.errors import DISCORD_FAILED, CouldNotConnect, MayNotJoin
from discord_bot.messages.posting import post_in
from discord_bot.playback.source import DiscordLoudspeaker
from discord_bot.receive import FrameKind, ReceiveClient
from discord_bot.settings import DiscordSettings
from logs import FaultLog
from pipeline.audio import Pcm16
from pipeline.decision_log import RecentDecisions
from pipeline.events import Observer, RoomEvent, TextLeftOut, Unspoken, VoiceReplaced
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker, Speaker
from tasks import OwnedTasks

log = logging.getLogger(__name__)

TextChannel: TypeAlias = discord.abc.Messageable
RoomFactory: TypeAlias = Callable[[int, Loudspeaker, Observer], PipelineOrchestrator]
"""Makes a guild's conversation: guild id, where it speaks, who watches."""

_HEARD_WITHIN_S: Final = 5.0
"""How long /join waits for the encryption group that lets the bot's words be heard."""


class VoiceSession:
    """A guild's call, from `join` to `leave`.

    ``on_place`` is told when the call has begun and when it goes on elsewhere, ``on_end`` its end.
    """

    def __init__(
        self,
        client: discord.Client,
        settings: DiscordSettings,
        make_room: RoomFactory,
        guild: discord.Guild,
        text: TextChannel,
        on_place: Callable[[VoiceSession], None],
        on_end: Callable[[VoiceSession], None],
        observer: Observer,
    ) -> None:
        self.guild = guild
        self.text = text
        self.channel: VoiceChannel | None = None
        self.begun = False
        """It has been in its channel at least once."""
        self.decisions = RecentDecisions()
        self.loudspeaker = DiscordLoudspeaker(lambda: self.voice)
        self.room = make_room(guild.id, self.loudspeaker, self._observe)
        self._client = client
        self._settings = settings
        self._on_place = on_place
        self._on_end = on_end
        self._observer = observer
        self._clock = asyncio.get_running_loop().time
        self._place = f"guild {guild.id}"
        self._link = VoiceConnection(client, settings.connect_timeout_s)
        self._supervisor = Supervisor(settings.leave_when_alone_s)
        self._tasks = OwnedTasks(log, place=self._place)
        self._faults = FaultLog(log)
        self._posting = asyncio.Lock()
        self._over = False
        self._ended = asyncio.Event()

    # -- what commands do -------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """It has been left, or is just being: there is no coming back to it."""
        return self._over

    @property
    def now(self) -> float:
        """Seconds on the clock of this call and of its room."""
        return self._clock()

    @property
    def voice(self) -> ReceiveClient | None:
        """The voice connection, when there is one."""
        return self._link.voice

    def what_is_wrong(self) -> str | None:
        """Why the bot cannot hear at this moment, in words; None when it can."""
        return self._link.wrong(self.now)

    def is_in(self, channel: VoiceChannel) -> bool:
        """Whether the call in ``channel`` is up and nothing is wrong with it."""
        return not self._over and self._link.is_in(channel, self.now)

    async def join(self, channel: VoiceChannel) -> None:
        """Be in ``channel`` from now on, until `leave`, a kick, or everybody else's leaving.

        Raises:
            CouldNotConnect: Discord did not let us in. The session is over if this was its first;
                else it goes on trying.
        """
        first = self.channel is None
        self.channel = channel
        try:
            await self._connect()
        except BaseException as error:
            if first:
                await self.leave()
            elif isinstance(error, CouldNotConnect) and not self._over:
                raise CouldNotConnect(f"{error} I keep trying.") from error
            raise
        if first:
            self.room.start()
            self._tasks.spawn(self._supervise(), "voice supervisor")

    async def leave(self) -> None:
        """End the call and the conversation, for good. A second call waits for the first."""
        if self._over:
            await self._ended.wait()
            return
        self._over = True
        self.channel = None
        try:
            await self.room.aclose()
            await self._tasks.aclose()
        finally:
            await self._link.close(self.guild)
            self._on_end(self)
            self._ended.set()

    # -- what Discord says ------------------------------------------------------------------

    def person_moved(
        self, member: discord.Member, was: VoiceChannel | None, now_in: VoiceChannel | None
    ) -> None:
        """Another member joined, left or was moved."""
        if self.channel is None or was == now_in or member.bot:
            return
        if now_in == self.channel:
            self.room.person_joined(Speaker(member.id, member.display_name))
        elif was == self.channel:
            self.room.person_left(member.id)

    def moved(self, was: VoiceChannel | None, now_in: VoiceChannel | None) -> None:
        """We are elsewhere, or in no channel, and did not ask for it."""
        if self.channel is None:
            return
        if now_in is None:
            if was is not None and not self._link.put_out:
                log.warning("Discord has ended the voice session in guild %s", self.guild.id)
                return
            log.info("put out of the call in guild %s", self.guild.id)
            self._tasks.spawn(self._end_put_out(self.channel), "end a call")
        elif was is not None and now_in != self.channel:
            log.info("moved to channel %s", now_in.id)
            self.channel = now_in
            self._meet_people()
            self._on_place(self)

    def renewed(self, guild: discord.Guild) -> None:
        """Discord began a new session with us, in which this object stands for the guild."""
        self.guild = guild
        if self.channel is not None:
            found = guild.get_channel(self.channel.id)
            if isinstance(found, discord.VoiceChannel | discord.StageChannel):
                self.channel = found
                self._meet_people()

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        """A frame of somebody's audio, from the receive client."""
        self.room.hear(user_id, pcm, self._clock(), end_of_talk=kind is FrameKind.SILENCE)

    def on_gone(self, user_id: int) -> None:
        """The voice server says somebody is gone; Discord's gateway says so too, and names them."""

    # -- the connection ---------------------------------------------------------------------

    async def _connect(self) -> None:
        """
        Raises:
            CouldNotConnect: Discord did not let us in, or the session ended meanwhile.
        """
        channel = self.channel
        if channel is None:
            raise CouldNotConnect("I was sent away.")
        if await self._link.connect(channel, self, heard_within_s=_HEARD_WITHIN_S):
            self._meet_people()
        if self._over:
            await self._link.close(self.guild)
            raise CouldNotConnect(f"I was sent away before I was in {channel.mention}.")
        self.begun = True
        self._on_place(self)

    def _meet_people(self) -> None:
        """Make the room's people those who are in the channel."""
        if self.channel is None:
            return
        for user_id in self.channel.voice_states:
            member = self.guild.get_member(user_id)
            if member is None:
                self._tasks.spawn(self._meet_stranger(user_id), "fetch a member")
            elif not member.bot:
                self.room.person_joined(Speaker(member.id, member.display_name))
        for user_id in self.room.people - set(self.channel.voice_states):
            self.room.person_left(user_id)

    async def _meet_stranger(self, user_id: int) -> None:
        """Somebody who is in the call and not in the cache."""
        try:
            member = await self.guild.fetch_member(user_id)
        except DISCORD_FAILED as error:
            log.warning("member %s is not known and will not be heard: %s", user_id, error)
            return
        if not member.bot and self.channel is not None and user_id in self.channel.voice_states:
            self.room.person_joined(Speaker(member.id, member.display_name))

    # -- the supervisor ---------------------------------------------------------------------

    async def _supervise(self) -> None:
        while self.channel is not None:
            await asyncio.sleep(self._settings.supervise_every_s)
            try:
                await self._check(self.channel)
            except Exception as error:
                self._faults.tell(
                    logging.ERROR, "the voice supervisor failed; it goes on", error=error
                )

    async def _check(self, channel: VoiceChannel | None) -> None:
        if channel is None or self._link.busy:
            return
        facts = self._facts(channel)
        step = self._supervisor.look(facts, self.now)
        if step.end is not None:
            await self._end_with(step.end)
            return
        if step.tell is not None:
            self._tasks.spawn(self._tell(step.tell), "tell of a trouble")
        if step.join:
            log.warning("voice in guild %s: %s; joining again", self.guild.id, facts.wrong)
            try:
                await self._connect()
            except CouldNotConnect as error:
                log.warning("could not join again: %s", error)
            finally:
                self._supervisor.tried(self.now)

    def _facts(self, channel: VoiceChannel) -> Facts:
        known = self._client.get_guild(self.guild.id)
        cut_off = known is not self.guild or known.unavailable or own_moves(self._client).away
        return Facts(
            wrong=self._link.wrong(self.now),
            healing=self._link.healing,
            cut_off=cut_off,
            barred=None if cut_off else _barred(channel),
            gone=not cut_off and self.guild.get_channel(channel.id) is None,
            alone=not cut_off and self._is_alone(channel),
        )

    def _is_alone(self, channel: VoiceChannel) -> bool:
        mine = self._client.user.id if self._client.user is not None else 0
        others = (self.guild.get_member(each) for each in channel.voice_states if each != mine)
        return all(member is not None and member.bot for member in others)

    # -- telling ----------------------------------------------------------------------------

    def _observe(self, event: RoomEvent) -> None:
        if isinstance(event, Unspoken | TextLeftOut):
            text = f"**{self.room.name_of(event.agent)}**: {event.text}"
            if isinstance(event, Unspoken) and event.reason:
                text += f"\n-# I could not say this aloud: {event.reason}."
            self._tasks.spawn(self.announce(text), "post what was not spoken")
        if isinstance(event, VoiceReplaced):
            name = self.room.name_of(event.agent)
            text = f"**{name}** speaks with a stand-in voice for now: {event.reason}."
            self._tasks.spawn(self.announce(text), "tell of the stand-in voice")
        self.decisions.observe(event)
        self._observer(event)

    async def announce(self, text: str) -> bool:
        """Say something in writing, of any length, to everybody who can read the text channel;
        False: unsaid."""
        try:
            async with self._posting:
                await post_in(self.text, self.guild.me, text)
        except DISCORD_FAILED as error:
            log.warning("could not post to the text channel: %s", error)
            return False
        return True

    async def _tell(self, text: str) -> None:
        """What the supervisor wants people to know."""
        if not await self.announce(text):
            self._supervisor.unheard(self.now)

    async def _end_put_out(self, channel: VoiceChannel) -> None:
        await self.leave()
        gone = self.guild.get_channel(channel.id) is None
        await self.announce(CHANNEL_GONE if gone else "I was disconnected from the call.")

    async def _end_with(self, why: str) -> None:
        await self.leave()
        await self.announce(why)


def _barred(channel: VoiceChannel) -> str | None:
    try:
        check_may_join(channel, ENTRY)
    except MayNotJoin as error:
        return str(error)
    return None
