"""One guild's call: the conversation, its voice connection, and the intent to be in the channel.

    JOINING ── first connection ──> JOINED ── leave() ──> LEAVING ──> LEFT
       └───── leave(), or the first connection failed ──────^

A session does what `CallControl` tells it, one thing at a time.

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
from datetime import UTC, datetime
from typing import Final, TypeAlias

import discord

from discord_bot.call import notices
from discord_bot.call.members import CallMembers
from discord_bot.call.own_voice import Obstacle, OwnVoice
from discord_bot.call.recorder import CallRecorder, recorder_of
from discord_bot.call.room_chat import RoomChat, TextChannel
from discord_bot.call.session_state import SessionState
from discord_bot.call.supervisor import CallStatus, Supervisor
from discord_bot.call.voice_channel import VoiceChannel, join_refusal, only_bots
from discord_bot.call.voice_connection import VoiceConnection, left_while_joining
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.consent.call_consent import CallConsent
from discord_bot.consent.hearing import Hearing
from discord_bot.errors import CouldNotConnect, JoinGivenUp
from discord_bot.languages import public_language
from discord_bot.playback.source import DiscordLoudspeaker
from discord_bot.receive import FrameKind, ReceiveClient
from discord_bot.settings import DiscordSettings
from logs import FaultLog, guild_place
from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.decision_log import RecentDecisions
from pipeline.events import (
    HearingReplaced,
    Observer,
    ReplyBegan,
    ReplyEnded,
    RoomEvent,
    TextLeftOut,
    Unspoken,
    VoiceReplaced,
)
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Loudspeaker
from tasks import OwnedTasks
from translations import Text, message, sentences

log = logging.getLogger(__name__)

RoomFactory: TypeAlias = Callable[[int, Loudspeaker, Observer], PipelineOrchestrator]
"""Creates a guild's conversation from the guild id, its loudspeaker and an observer."""

_HEARD_WITHIN_S: Final = 5.0
"""How long /join waits for the encryption group that makes the bot audible."""


@dataclass(frozen=True, slots=True)
class SessionHooks:
    """The callbacks of a `VoiceSession`."""

    on_joined: Callable[[VoiceSession], None]
    """The session has joined its channel, has rejoined it, or was moved to another."""
    on_left: Callable[[VoiceSession, bool], None]
    """The session has ended; with whether it had ever joined."""
    on_over: Callable[[VoiceSession, Text], None]
    """The call is over by itself and should be left; with a sentence for the members."""
    hearing: Hearing
    """Whom the guild, and the members' own choices, let be heard."""
    leave_when_alone_s: Callable[[int], float]
    """How long to stay in a guild's call that everybody else has left."""
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
        self.channel: VoiceChannel | None = None
        """The channel that the bot should be in; None before `join` and after `leave`."""
        self.began: datetime | None = None
        """When the bot joined; None before that."""
        self.audio_s: dict[int, float] = {}
        """Seconds of speech that were received, by user id."""
        self.decisions = RecentDecisions()
        self.loudspeaker = DiscordLoudspeaker(lambda: self.voice)
        self.room = make_room(guild.id, self.loudspeaker, self._observe)
        self._client = client
        self._settings = settings
        self._hooks = hooks
        self._state = SessionState.JOINING
        self._clock = asyncio.get_running_loop().time
        self._connection = VoiceConnection(client, settings.connect_timeout_s, self.hears)
        self._latest_channel: VoiceChannel | None = None
        self._chat = RoomChat(
            text, lambda: self._latest_channel, lambda: public_language(client, self.guild)
        )
        self._own_voice = OwnVoice(client)
        self._supervisor = Supervisor(lambda: hooks.leave_when_alone_s(guild.id))
        self._tasks = OwnedTasks(log, place=guild_place(guild.id))
        self._members = CallMembers(self.room, lambda: self.channel, self._tasks, self.hears)
        self._faults = FaultLog(log)
        self._recorder: CallRecorder | None = None
        self.consent = CallConsent(
            hooks.hearing,
            self._chat,
            self.room,
            lambda: self.channel,
            lambda: public_language(client, self.guild),
            self._tasks,
            recorded=settings.recording_dir is not None,
            audible=lambda: not any(each.silences for each in self.obstacles()),
            forget_words=self.forget_words,
        )
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

    @property
    def text(self) -> TextChannel:
        """The text channel of the call: the bot posts there what it cannot speak."""
        return self._chat.text

    @text.setter
    def text(self, text: TextChannel) -> None:
        self._chat.text = text

    @property
    def joined(self) -> bool:
        """Whether the call runs; also while a lost connection is repaired."""
        return self._state is SessionState.JOINED

    def problem(self) -> Text | None:
        """Why the bot cannot hear or be heard at this moment, in words; None if all is well."""
        problem = self._connection.problem(self.now) or self.consent.problem
        found = (each for each in self.obstacles() if each.deafens or each.silences)
        obstacle = next(found, None)
        if problem is not None or obstacle is None:
            return problem
        return sentences(obstacle.text, obstacle.remedy)

    def obstacles(self) -> tuple[Obstacle, ...]:
        """What makes the bot deaf or mute although it is connected."""
        return () if self.channel is None else self._own_voice.obstacles(self.channel)

    def is_in(self, channel: VoiceChannel) -> bool:
        """Whether the call in ``channel`` runs, and its connection is well."""
        return (
            not self.over and self.channel == channel and self._connection.is_in(channel, self.now)
        )

    def hears(self, user_id: int) -> bool:
        """Whether a user is heard: told, not left out, and allowed by the server."""
        return self.consent.hears(self.guild, user_id)

    def why_unheard(self, user_id: int) -> Text | None:
        """Why a member is not heard, as a sentence to them; None if they are."""
        return self.consent.why_unheard(self.guild, user_id)

    def hearing_changed(self) -> None:
        """Apply who may be heard now, also to what is being said."""
        self.consent.apply(self.guild)
        self._check_consent()

    def _check_consent(self) -> None:
        if self.joined and self._connection.problem(self.now) is None:
            self.consent.check()

    def forget_words(self, user_id: int) -> None:
        """Drop what a member said in this call, even half a word."""
        self.room.forget_words(user_id)
        self.decisions.forget(user_id)
        self._members.sync()

    async def join(self, channel: VoiceChannel, stop: asyncio.Event | None = None) -> None:
        """Join ``channel``, and stay until `leave`, a kick, or everybody else has left.

        Raises:
            JoinGivenUp: ``stop`` was set before the bot was in the channel. The session stays as it
                is, for what is wanted instead.
            CouldNotConnect: Discord refused. If this was the first join, the session is over;
                otherwise it keeps trying.
        """
        first = self._state is SessionState.JOINING
        self._enter(channel)
        try:
            await self._connect(stop)
        except JoinGivenUp:
            raise
        except BaseException as error:
            if first:
                await self.leave()
            elif isinstance(error, CouldNotConnect) and not self.over:
                raise CouldNotConnect(sentences(error.text, notices.KEEP_TRYING)) from error
            raise
        if first:
            self.began = datetime.now(UTC)
            self.room.start()
            self._tasks.spawn(self._supervise(), "voice supervisor")

    def moved_to(self, channel: VoiceChannel) -> bool:
        """A moderator moved the bot; False if it has no connection, and must join there."""
        if not self.joined:
            return False
        log.info("guild %s: moved to channel %s", self.guild.id, channel.id)
        self._enter(channel)
        self._members.sync()
        self._hooks.on_joined(self)
        return self.voice is not None

    @property
    def removed_by_member(self) -> bool:
        """Whether a member, and not Discord, ended the latest voice connection."""
        return self._connection.removed_by_member

    def _enter(self, channel: VoiceChannel) -> None:
        self.channel = self._latest_channel = channel

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
        self._check_consent()

    def sync_people(self) -> None:
        """Hear exactly those who may be heard now."""
        self._members.sync()

    def own_state_changed(self) -> None:
        """Discord reports another voice state of the bot, in the same channel."""
        self._note_silence()

    def guild_renewed(self, guild: discord.Guild) -> None:
        """A new gateway session began, in which ``guild`` replaces the guild's old object."""
        self.guild = guild
        if self.channel is not None:
            found = guild.get_channel(self.channel.id)
            if isinstance(found, discord.VoiceChannel | discord.StageChannel):
                self._enter(found)
                self._members.sync()

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        """Pass a frame from the receive client to the conversation."""
        if not self.hears(user_id):
            return  # left out since the frame was decrypted
        self.consent.heard.add(user_id)
        silence = kind is FrameKind.SILENCE
        self.room.hear(user_id, pcm, self._clock(), end_of_talk=silence)
        if not silence:
            self.audio_s[user_id] = self.audio_s.get(user_id, 0.0) + pcm.size / HEARD_RATE
        wanted = self._settings.recording_dir is not None and not self.over
        if wanted and user_id in self.consent.told_in_writing:
            member = self.guild.get_member(user_id)
            self._recorded().push(user_id, member.display_name if member else "", pcm)

    def _recorded(self) -> CallRecorder:
        """The recording of this call, which begins with the first member who was told."""
        if self._recorder is None:
            self._recorder = recorder_of(self._settings, self.guild.id, self._clock)
        return self._recorder

    def on_user_left(self, user_id: int) -> None:
        """Ignored: the gateway reports it too, with the member (`member_moved`)."""

    # -- connection -------------------------------------------------------------------------

    async def _connect(self, stop: asyncio.Event | None = None) -> None:
        """
        Raises:
            JoinGivenUp: ``stop`` was set, or another join took over.
            CouldNotConnect: Discord refused, or the session ended meanwhile.
        """
        channel = self.channel
        if channel is None:
            raise CouldNotConnect(message("I was told to leave."))
        connected = await self._connection.connect(
            channel, self, heard_within_s=_HEARD_WITHIN_S, stop=stop
        )
        if connected or not self.joined:
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
        self.hearing_changed()
        if channel is None or self._connection.busy:
            return
        status = self._status(channel)
        step = self._supervisor.decide(status, self.now)
        if step.end is not None:
            self._hooks.on_over(self, step.end)
            return
        if step.notice is not None:
            self._tasks.spawn(self._notify(step.notice), "post a notice")
        if status.problem is None:
            await self._check_own_voice(channel)
        if step.join:
            log.warning("guild %s: voice: %s; joining again", self.guild.id, status.problem)
            try:
                await self._connect()
            except JoinGivenUp:
                return
            except CouldNotConnect as error:
                log.warning("guild %s: could not join again: %s", self.guild.id, error)
            finally:
                self._supervisor.attempt_ended(self.now)

    def _status(self, channel: VoiceChannel) -> CallStatus:
        known = self._client.get_guild(self.guild.id)
        away = voice_state_requests(self._client).offline(self.guild.id)
        offline = known is not self.guild or known.unavailable or away
        own_id = self._client.user.id if self._client.user is not None else 0
        return CallStatus(
            problem=self._connection.problem(self.now),
            reconnecting=self._connection.reconnecting,
            offline=offline,
            join_refusal=None if offline else join_refusal(channel),
            channel_deleted=not offline and self.guild.get_channel(channel.id) is None,
            alone=not offline and only_bots(self.guild, set(channel.voice_states) - {own_id}),
        )

    async def _check_own_voice(self, channel: VoiceChannel) -> None:
        notice = await self._own_voice.check(channel, self.now)
        self._note_silence()
        if notice is not None:
            self._tasks.spawn(self._tell_obstacle(channel, notice), "tell of an obstacle")

    async def _tell_obstacle(self, channel: VoiceChannel, notice: Text) -> None:
        if not await self.tell(notice):
            self._own_voice.notice_failed(channel, self.now)

    def _note_silence(self) -> None:
        """Note in the decisions that the reply which is being spoken cannot be heard."""
        silent = next((each.text for each in self.obstacles() if each.silences), None)
        if silent is not None:
            self.decisions.silenced(silent)

    # -- texts -------------------------------------------------------------------------------

    async def announce(self, text: Text) -> bool:
        """Post a text of any length in the text channel; False if Discord did not take it."""
        return await self._chat.post(text)

    async def tell(self, text: Text, *, answered_in: int | None = None) -> bool:
        """Tell those in the call, in the voice channel's own chat and in the text channel; not in
        the channel ``answered_in``. False if Discord took it nowhere."""
        return await self._chat.tell(text, answered_in=answered_in)

    async def ask(self, text: Text, view: discord.ui.View) -> discord.Message | None:
        """Ask those in the call something, with buttons below; None if Discord did not take it."""
        return await self._chat.ask(text, view)

    async def tell_in(self, channel: VoiceChannel, text: Text) -> bool:
        """Tell those in a channel that the call has left; False if Discord did not take it."""
        return await self._chat.tell_in(channel, text)

    def _observe(self, event: RoomEvent) -> None:
        if isinstance(event, Unspoken | TextLeftOut):
            text = notices.not_said(self.room.name_of(event.agent), event)
            self._tasks.spawn(self.announce(text), "post what was not spoken")
        if isinstance(event, VoiceReplaced):
            text = notices.voice_replaced(self.room.name_of(event.agent), event)
            self._tasks.spawn(self.announce(text), "post a notice of the stand-in voice")
        if isinstance(event, HearingReplaced):
            told = self.tell if event.deaf else self.announce
            self._tasks.spawn(told(notices.hearing_replaced(event)), "post a notice of the hearing")
        unheard = self.decisions.unheard if isinstance(event, ReplyEnded) else None
        self.decisions.observe(event)
        if isinstance(event, ReplyBegan):
            self._note_silence()
        if isinstance(event, ReplyEnded) and unheard and event.heard.strip():
            text = notices.written(self.room.name_of(event.agent), event.text, unheard)
            self._tasks.spawn(self.announce(text), "post what was not heard")
        self._hooks.observer(event)

    async def _notify(self, text: Text) -> None:
        """Post a notice of the supervisor."""
        if not await self.tell(text):
            self._supervisor.notice_failed(self.now)
