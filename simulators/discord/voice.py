"""All calls: who is in them, and how the bot joins, is moved and is disconnected."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from simulators.discord.accounts import Member
from simulators.discord.call import SimulatedCall
from simulators.discord.errors import BadFrame, UnknownPlace
from simulators.discord.payloads import VoiceIdentify, VoiceResume, VoiceStateUpdate
from simulators.discord.peer import BotCall, Peer
from simulators.discord.shared import SharedState
from simulators.discord.udp import MediaPort
from simulators.discord.world import (
    Emit,
    SimulatedGuild,
    StageChannel,
    VoiceChannel,
    VoiceState,
    World,
    voice_state_payload,
)

WRONG_TOKEN, SESSION_OVER, UNKNOWN_SERVER, DISCONNECTED, DAVE_NEEDED = 4004, 4006, 4011, 4014, 4017
SERVER_CRASHED: Final = 4015
RESUMABLE_S: Final = 15.0
"""Time in which a session without a websocket can be resumed."""
_HANG_UP_S: Final = 1.0
"""Time for a bot that left to close its voice websocket itself."""
_BETWEEN_SOCKETS_S: Final = 0.02
"""Delay between the old voice server's close and the next VOICE_SERVER_UPDATE."""


@dataclass(frozen=True, slots=True)
class _Ticket:
    """The call that the token of a VOICE_SERVER_UPDATE gives access to."""

    state: VoiceState
    replaces: bool


class SimulatedVoice:
    """All calls of all guilds."""

    def __init__(self, world: World, emit: Emit, media: MediaPort, shared: SharedState) -> None:
        self.media = media
        self._world = world
        self._emit = emit
        self._shared = shared
        self._calls: dict[int, SimulatedCall] = {}
        self._tickets: dict[str, _Ticket] = {}
        self._used_up: set[str] = set()
        self._asked_by: dict[int, str] = {}
        """The main session that asked for the bot's call, by guild."""

    def call(self, channel: VoiceChannel) -> SimulatedCall:
        """The channel's call, also while it is empty."""
        if channel.id not in self._calls:
            self._calls[channel.id] = SimulatedCall(channel, self._shared)
        return self._calls[channel.id]

    def peer(self, guild: SimulatedGuild) -> Peer | None:
        """The bot's voice session in a guild, if it has one."""
        peers = (c.peer for c in self._calls.values() if c.channel.guild is guild)
        return next((peer for peer in peers if peer is not None), None)

    def set_state(self, state: VoiceState) -> None:
        """Put a member into a channel, and send the event."""
        guild = state.channel.guild
        guild.voice_states[state.member.user.id] = state
        self._emit("VOICE_STATE_UPDATE", state.payload(), guild.id)

    def clear_state(self, guild: SimulatedGuild, member: Member) -> None:
        """Remove a member from its channel, and send the event."""
        state = guild.voice_states.pop(member.user.id, None)
        session = state.session_id if state else secrets.token_hex(16)
        self._emit("VOICE_STATE_UPDATE", voice_state_payload(member, guild, session), guild.id)

    def check_speech(self, guild: SimulatedGuild) -> None:
        """Suppress the bot, or let it speak, after a change of its rights; a stage has its own."""
        state = guild.voice_states.get(guild.bot.user.id)
        if state is None or isinstance(state.channel, StageChannel):
            return
        suppress = not guild.permissions(guild.bot, state.channel).speak
        if state.suppress != suppress:
            state.suppress = suppress
            self.set_state(state)

    # -- the bot comes and goes ----------------------------------------------------------------

    def bot_asks(self, ask: VoiceStateUpdate, session_id: str) -> None:
        """Op 4 of a session at the main gateway: join, move, change flags or leave."""
        try:
            guild = self._world.guild(ask.guild_id)
            if ask.channel_id is None:
                self.remove(guild, close=None)
                return
            channel = guild.channels.get(ask.channel_id)
            if not isinstance(channel, VoiceChannel):
                raise UnknownPlace(f"{ask.channel_id} is no voice channel of the guild")
        except UnknownPlace as error:
            self._shared.violations.add("gateway op 4", error)
            return
        allowed = guild.permissions(guild.bot, channel)
        if allowed.view_channel and allowed.connect:  # otherwise Discord does not answer at all
            self._asked_by[guild.id] = session_id
            self._enter(channel, self_mute=ask.self_mute, self_deaf=ask.self_deaf)

    def _enter(self, channel: VoiceChannel, *, self_mute: bool, self_deaf: bool) -> None:
        guild = channel.guild
        old = guild.voice_states.get(guild.bot.user.id)
        if old is not None and old.channel is channel and self.peer(guild) is not None:
            old.self_mute, old.self_deaf = self_mute, self_deaf
            self.set_state(old)
            return
        suppressed = isinstance(channel, StageChannel)
        state = VoiceState(
            guild.bot,
            channel,
            session_id=old.session_id if old else secrets.token_hex(16),
            self_mute=self_mute,
            self_deaf=self_deaf,
            mute=old is not None and old.mute,
            deaf=old is not None and old.deaf,
            suppress=suppressed or not guild.permissions(guild.bot, channel).speak,
        )
        self.set_state(state)
        if old is None:
            self.give_server(guild, replaces=False)
            return
        self._hang_up(self.call(old.channel), DISCONNECTED)
        self._shared.timers.later(_BETWEEN_SOCKETS_S, lambda: self._give_next_server(state))

    def _give_next_server(self, state: VoiceState) -> None:
        """Send the next voice server, unless the bot left or was moved again meanwhile."""
        guild = state.channel.guild
        if guild.voice_states.get(guild.bot.user.id) is state:
            self.give_server(guild, replaces=True)

    def give_server(self, guild: SimulatedGuild, *, replaces: bool) -> None:
        """VOICE_SERVER_UPDATE, with a token for one session."""
        state = guild.voice_states[guild.bot.user.id]
        self._use_up(guild)
        token = secrets.token_urlsafe(12)
        self._tickets[token] = _Ticket(state, replaces)
        host = f"c-simulated{secrets.randbelow(100)}.discord.media:2053"
        update = {"token": token, "guild_id": str(guild.id), "endpoint": host}
        self._emit("VOICE_SERVER_UPDATE", update, guild.id)

    def change_server(self, guild: SimulatedGuild, *, gracefully: bool) -> None:
        """Move the call to another server: the old one closes, or tells the bot to leave it."""
        peer = self.peer(guild)
        if peer is not None and gracefully:
            gone = {"token": peer.token, "guild_id": str(guild.id), "endpoint": None}
            self._emit("VOICE_SERVER_UPDATE", gone, guild.id)
        elif peer is not None:
            self._hang_up(peer.call, DISCONNECTED)
        self.give_server(guild, replaces=True)

    def drag(self, channel: VoiceChannel) -> None:
        """A moderator moves the bot to another channel of the guild."""
        old = channel.guild.voice_states[channel.guild.bot.user.id]
        self._enter(channel, self_mute=old.self_mute, self_deaf=old.self_deaf)

    def remove(self, guild: SimulatedGuild, *, close: int | None = DISCONNECTED) -> None:
        """End the bot's call in a guild; ``close`` None: the bot left by itself."""
        peer = self.peer(guild)
        if peer is not None:
            self._hang_up(peer.call, close)
        self._use_up(guild)
        self.clear_state(guild, guild.bot)

    def empty(self, channel: VoiceChannel) -> None:
        """Remove the bot and all members from a deleted channel."""
        guild = channel.guild
        for state in [each for each in guild.voice_states.values() if each.channel is channel]:
            if state.member is guild.bot:
                self.remove(guild)
            else:
                self.clear_state(guild, state.member)

    def end_calls(self, session_id: str) -> None:
        """End the calls that a main session asked for, because the session is over."""
        for guild in list(self._world.guilds.values()):
            asked_by = self._asked_by.get(guild.id)
            if asked_by == session_id and guild.bot.user.id in guild.voice_states:
                self.remove(guild)

    def _use_up(self, guild: SimulatedGuild) -> None:
        for token, ticket in list(self._tickets.items()):
            if ticket.state.channel.guild is guild:
                del self._tickets[token]
                self._used_up.add(token)

    def _hang_up(self, call: BotCall, close: int | None) -> None:
        """End the bot's session in a call; ``close`` None leaves it time to close the websocket."""
        peer, call.peer = call.peer, None
        if peer is None:
            return
        peer.closed = True
        self.media.retire(peer)
        if call.group is not None:
            call.group.leave(peer.user_id)
        socket = peer.socket
        if socket is not None and close is not None:
            socket.close(close)
        elif socket is not None:
            self._shared.timers.later(_HANG_UP_S, lambda: socket.close(DISCONNECTED))
        call.changes.notify()

    # -- the bot at the voice gateway ----------------------------------------------------------

    def admit(self, identify: VoiceIdentify) -> Peer:
        """Begin the session that an identify asks for.

        Raises:
            BadFrame: with the close code for the reason.
        """
        ticket = self._tickets.get(identify.token)
        if ticket is None:
            if identify.token in self._used_up:
                raise BadFrame(SESSION_OVER, "the token is no longer valid", fault=False)
            raise BadFrame(WRONG_TOKEN, "identified with an unknown token")
        state, guild = ticket.state, ticket.state.channel.guild
        if identify.server_id != guild.id:
            raise BadFrame(UNKNOWN_SERVER, f"server {identify.server_id}, not {guild.id}")
        if identify.session_id != state.session_id or identify.user_id != state.member.user.id:
            raise BadFrame(SESSION_OVER, "the session id or user id is not the token's")
        call = self.call(state.channel)
        if call.dave_version and not identify.max_dave_protocol_version:
            raise BadFrame(DAVE_NEEDED, "E2EE/DAVE protocol required")
        replaces = ticket.replaces or call.peer is not None
        self._hang_up(call, SESSION_OVER)
        peer = Peer(call, state, identify.token, self._shared, replaces=replaces)
        call.peer = peer
        self.media.register(peer)
        return peer

    def readmit(self, resume: VoiceResume) -> Peer:
        """The session that a resume asks for. Raises BadFrame if it is over."""
        for call in self._calls.values():
            peer = call.peer
            if (
                peer is not None
                and peer.token == resume.token
                and peer.state.session_id == resume.session_id
                and peer.state.channel.guild.id == resume.server_id
            ):
                return peer
        raise BadFrame(SESSION_OVER, "nothing to resume", fault=False)

    def lost(self, peer: Peer) -> None:
        """The session lost its websocket: it ends unless resumed in time."""

        def give_up() -> None:
            if peer.call.peer is peer and peer.socket is None:
                self.remove(peer.call.channel.guild)

        self._shared.timers.later(RESUMABLE_S, give_up)

    # -- faults --------------------------------------------------------------------------------

    def close(self, guild: SimulatedGuild, code: int) -> None:
        """Close the voice websocket with ``code``; all but 4015 end the session as well."""
        peer = self.peer(guild)
        if peer is None or peer.socket is None:
            return
        if code == SERVER_CRASHED:
            peer.socket.close(code)
        else:
            self._hang_up(peer.call, code)

    def abort(self, guild: SimulatedGuild) -> None:
        """Break the voice websocket's connection without a close frame (1006 to the bot)."""
        peer = self.peer(guild)
        if peer is not None and peer.socket is not None:
            peer.socket.abort()
