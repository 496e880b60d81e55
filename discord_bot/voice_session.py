"""One guild's call: the conversation, its voice connection, and the intent to be in the channel.

    JOINING ── first connection ──> JOINED ── leave() ──> LEAVING ──> LEFT
       └───── leave(), or the first connection failed ──────^

discord.py reports a dead connection late or not at all. So the session keeps its own record of the
channel it should be in, and compares it with the connection several times a second. The
`Supervisor` decides what to do about a difference: join again, notify the members, or leave after
everybody else has left. Otherwise only a member ends the call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

import discord

from discord_bot.call.members import CallMembers
from discord_bot.call.recorder import CallRecorder
from discord_bot.call.supervisor import CHANNEL_DELETED, CallStatus, Supervisor
from discord_bot.call.voice_channel import ENTRY, VoiceChannel, check_may_join, only_bots
from discord_bot.call.voice_connection import VoiceConnection, left_while_joining
from discord_bot.call.voice_state_requests import voice_state_requests
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
from pipeline.ports import Loudspeaker
from tasks import OwnedTasks

log = logging.getLogger(__name__)

TextChannel: TypeAlias = discord.abc.Messageable
RoomFactory: TypeAlias = Callable[[int, Loudspeaker, Observer], PipelineOrchestrator]
"""Creates a guild's conversation from the guild id, its loudspeaker and an observer."""

RECORDED: Final = (
    "This call is recorded: the operator of this bot stores what each member says, to test the bot."
)
_HEARD_WITHIN_S: Final = 5.0
"""How long /join waits for the encryption group that makes the bot audible."""


class SessionState(Enum):
    """The states of a call, in their order; see the diagram above."""

    JOINING = "joining"
    """The bot has not been in the channel yet."""
    JOINED = "joined"
    """The call runs; also while a lost connection is repaired."""
    LEAVING = "leaving"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class SessionHooks:
    """The callbacks of a `VoiceSession`."""

    on_joined: Callable[[VoiceSession], None]
    """The session has joined its channel, has rejoined it, or was moved to another."""
    on_left: Callable[[VoiceSession, bool], None]
    """The session has ended; with whether it had ever joined."""
    observer: Observer
    """Called with every event of the conversation."""


class VoiceSession:
    """A guild's call, from `join` to `leave`."""

    def __init__(
        self,
        client: discord.Client,
        settings: DiscordSettings,
        make_room: RoomFactory,
        guild: discord.Guild,
        text: TextChannel,
        hooks: SessionHooks,
    ) -> None:
        self.guild = guild
        self.text = text
        self.channel: VoiceChannel | None = None
        """The channel that the bot should be in; None before `join` and after `leave`."""
        self.decisions = RecentDecisions()
        self.loudspeaker = DiscordLoudspeaker(lambda: self.voice)
        self.room = make_room(guild.id, self.loudspeaker, self._observe)
        self._client = client
        self._settings = settings
        self._hooks = hooks
        self._state = SessionState.JOINING
        self._clock = asyncio.get_running_loop().time
        self._connection = VoiceConnection(client, settings.connect_timeout_s)
        self._supervisor = Supervisor(settings.leave_when_alone_s)
        self._tasks = OwnedTasks(log, place=f"guild {guild.id}")
        self._members = CallMembers(self.room, lambda: self.channel, self._tasks)
        self._faults = FaultLog(log)
        self._recorder: CallRecorder | None = None
        self._told: set[int] = set()
        """The members who were told that the call is recorded."""
        self._posting = asyncio.Lock()
        self._left = asyncio.Event()

    # -- for commands -----------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether it has been left, or is being left: it cannot be joined again."""
        return self._state in (SessionState.LEAVING, SessionState.LEFT)

    @property
    def now(self) -> float:
        """Seconds on the clock of this call and its conversation."""
        return self._clock()

    @property
    def voice(self) -> ReceiveClient | None:
        """The voice client, while there is a connection."""
        return self._connection.voice

    def problem(self) -> str | None:
        """Why the bot cannot hear at this moment, in words; None when it can."""
        return self._connection.problem(self.now)

    def is_in(self, channel: VoiceChannel) -> bool:
        """Whether the call in ``channel`` runs without a problem."""
        return not self.over and self._connection.is_in(channel, self.now)

    async def join(self, channel: VoiceChannel) -> None:
        """Join ``channel``, and stay until `leave`, a kick, or everybody else has left.

        Raises:
            CouldNotConnect: Discord refused. If this was the first join, the session is over;
                otherwise it keeps trying.
        """
        first = self.channel is None
        self.channel = channel
        try:
            await self._connect()
        except BaseException as error:
            if first:
                await self.leave()
            elif isinstance(error, CouldNotConnect) and not self.over:
                raise CouldNotConnect(f"{error} I keep trying.") from error
            raise
        if first:
            self.room.start()
            self._tasks.spawn(self._supervise(), "voice supervisor")

    async def leave(self) -> None:
        """End the call and the conversation. A second call waits for the first."""
        if self.over:
            await self._left.wait()
            return
        joined = self._state is SessionState.JOINED
        self._state = SessionState.LEAVING
        self.channel = None
        try:
            await self.room.aclose()
            await self._tasks.aclose()
            if self._recorder is not None:
                await asyncio.to_thread(self._recorder.close)
        finally:
            await self._connection.close(self.guild)
            self._state = SessionState.LEFT
            self._hooks.on_left(self, joined)
            self._left.set()

    # -- events of Discord ------------------------------------------------------------------

    def member_moved(
        self, member: discord.Member, before: VoiceChannel | None, after: VoiceChannel | None
    ) -> None:
        """A member other than the bot joined, left or was moved."""
        self._members.moved(member, before, after)
        new = after is not None and after == self.channel and not member.bot
        if new and self._recorder is not None and member.id not in self._told:
            self._tasks.spawn(self._tell_recorded(member), "tell a member of the recording")

    def bot_moved(self, before: VoiceChannel | None, after: VoiceChannel | None) -> None:
        """The bot was moved or disconnected without having asked for it."""
        if self.channel is None:
            return
        if after is None:
            if before is not None and not self._connection.removed_by_member:
                log.warning("guild %s: Discord has ended the voice session", self.guild.id)
                return
            log.info("guild %s: a member disconnected the bot from the call", self.guild.id)
            self._tasks.spawn(self._end_removed(self.channel), "end a call")
        elif before is not None and after != self.channel:
            log.info("guild %s: moved to channel %s", self.guild.id, after.id)
            self.channel = after
            self._members.sync()
            self._hooks.on_joined(self)

    def guild_renewed(self, guild: discord.Guild) -> None:
        """A new gateway session began, in which ``guild`` replaces the guild's old object."""
        self.guild = guild
        if self.channel is not None:
            found = guild.get_channel(self.channel.id)
            if isinstance(found, discord.VoiceChannel | discord.StageChannel):
                self.channel = found
                self._members.sync()

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        """Pass a frame from the receive client to the conversation."""
        self.room.hear(user_id, pcm, self._clock(), end_of_talk=kind is FrameKind.SILENCE)
        if self._recorder is not None and user_id in self._told:
            member = self.guild.get_member(user_id)
            self._recorder.push(user_id, member.display_name if member else "", pcm)

    def on_user_left(self, user_id: int) -> None:
        """Ignored: the gateway reports it too, with the member (`member_moved`)."""

    # -- connection -------------------------------------------------------------------------

    async def _connect(self) -> None:
        """
        Raises:
            CouldNotConnect: Discord refused, or the session ended meanwhile.
        """
        channel = self.channel
        if channel is None:
            raise CouldNotConnect("I was told to leave.")
        if await self._connection.connect(channel, self, heard_within_s=_HEARD_WITHIN_S):
            self._members.sync()
        if self.over:
            await self._connection.close(self.guild)
            raise left_while_joining(channel)
        self._state = SessionState.JOINED
        self._hooks.on_joined(self)

    async def _supervise(self) -> None:
        while self.channel is not None:
            await asyncio.sleep(self._settings.supervise_every_s)
            try:
                await self._check(self.channel)
            except Exception as error:
                self._faults.tell(
                    logging.ERROR, "the voice supervisor failed; it continues", error=error
                )

    async def _check(self, channel: VoiceChannel | None) -> None:
        if channel is None or self._connection.busy:
            return
        status = self._status(channel)
        step = self._supervisor.decide(status, self.now)
        if step.end is not None:
            await self.leave()
            await self.announce(step.end)
            return
        if step.notice is not None:
            self._tasks.spawn(self._notify(step.notice), "post a notice")
        if step.join:
            log.warning("guild %s: voice: %s; joining again", self.guild.id, status.problem)
            try:
                await self._connect()
            except CouldNotConnect as error:
                log.warning("guild %s: could not join again: %s", self.guild.id, error)
            finally:
                self._supervisor.attempt_ended(self.now)

    def _status(self, channel: VoiceChannel) -> CallStatus:
        known = self._client.get_guild(self.guild.id)
        away = voice_state_requests(self._client).offline
        offline = known is not self.guild or known.unavailable or away
        own_id = self._client.user.id if self._client.user is not None else 0
        return CallStatus(
            problem=self.problem(),
            reconnecting=self._connection.reconnecting,
            offline=offline,
            join_refusal=None if offline else _refusal(channel),
            channel_deleted=not offline and self.guild.get_channel(channel.id) is None,
            alone=not offline and only_bots(self.guild, set(channel.voice_states) - {own_id}),
        )

    # -- text channel -----------------------------------------------------------------------

    async def announce(self, text: str) -> bool:
        """Post a text of any length in the text channel; False if Discord did not take it."""
        try:
            async with self._posting:
                await post_in(self.text, self.guild.me, text)
        except DISCORD_FAILED as error:
            log.warning("could not post to the text channel: %s", error)
            return False
        return True

    async def announce_listening(self, channel: VoiceChannel, *, back: bool = False) -> None:
        """Post that the agent listens in ``channel``; ``back`` after an absence."""
        name = self.room.persona.name
        recorded = self._settings.recording_dir is not None
        stored = RECORDED if recorded else "No audio is stored."
        text = f"{name} is listening in {channel.mention}. {stored}"
        told = await self.announce(f"I am back: {text}" if back else text)
        if recorded and told:
            self._record(channel)
        elif recorded:
            log.warning("guild %s: not recorded: its members cannot be told", self.guild.id)

    def _record(self, channel: VoiceChannel) -> None:
        """Begin to record the call, whose members have been told."""
        folder = self._settings.recording_dir
        self._told |= set(channel.voice_states)
        if folder is not None and self._recorder is None and not self.over:
            longest_s = self._settings.recording_hours * 3600
            self._recorder = CallRecorder(folder, self.guild.id, longest_s, self._clock)

    async def _tell_recorded(self, member: discord.Member) -> None:
        """Tell a member who came later; their audio is recorded from then on."""
        if await self.announce(f"{member.mention}: {RECORDED}"):
            self._told.add(member.id)

    def _observe(self, event: RoomEvent) -> None:
        if isinstance(event, Unspoken | TextLeftOut):
            text = f"**{self.room.name_of(event.agent)}**: {event.text}"
            if isinstance(event, Unspoken) and event.reason:
                text += f"\n-# I could not say this aloud: {event.reason}."
            self._tasks.spawn(self.announce(text), "post what was not spoken")
        if isinstance(event, VoiceReplaced):
            name = self.room.name_of(event.agent)
            text = f"**{name}** speaks with a stand-in voice for now: {event.reason}."
            self._tasks.spawn(self.announce(text), "post a notice of the stand-in voice")
        self.decisions.observe(event)
        self._hooks.observer(event)

    async def _notify(self, text: str) -> None:
        """Post a notice of the supervisor."""
        if not await self.announce(text):
            self._supervisor.notice_failed(self.now)

    async def _end_removed(self, channel: VoiceChannel) -> None:
        await self.leave()
        deleted = self.guild.get_channel(channel.id) is None
        await self.announce(CHANNEL_DELETED if deleted else "I was disconnected from the call.")


def _refusal(channel: VoiceChannel) -> str | None:
    try:
        check_may_join(channel, ENTRY)
    except MayNotJoin as error:
        return str(error)
    return None
