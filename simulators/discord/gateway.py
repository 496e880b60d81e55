"""The main gateway: its sessions, its websockets, and which events go to which session."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import aiohttp
from aiohttp import web

from simulators.changes import Changes
from simulators.discord import intents
from simulators.discord.api_objects import Json
from simulators.discord.errors import BadFrame, TimedOut, UnknownPlace
from simulators.discord.payloads import (
    DECODE_ERROR,
    Frame,
    Identify,
    PresenceUpdate,
    RequestMembers,
    Resume,
    VoiceStateUpdate,
    read,
    read_frame,
)
from simulators.discord.sessions import Session
from simulators.discord.shared import SharedState, now
from simulators.discord.sockets import Compressor, Socket, compressor, plain
from simulators.discord.world import SimulatedGuild, World

HEARTBEAT_INTERVAL_MS: Final = 41250


DROPPED: Final = 4000
_UNKNOWN_OP, _NOT_AUTHENTICATED, _WRONG_TOKEN, _ALREADY = 4001, 4003, 4004, 4005
_INVALID_SEQ, _RATE_LIMITED, _TIMED_OUT = 4007, 4008, 4009
_INVALID_SHARD, _INVALID_VERSION = 4010, 4012
_ENDS_SESSION: Final = (1000, 1001)

_API_VERSION: Final = "10"
_RESUME_HOST: Final = "gateway-simulated.discord.gg"
_MAX_FRAME_BYTES: Final = 4096
_MAX_FRAMES_A_MINUTE: Final = 120
_MISSED_HEARTBEATS: Final = 2
"""Intervals without a heartbeat after which a session has timed out."""


class ClientConnection:
    """One websocket of the bot and the session on it, if it has identified."""

    def __init__(self, gateway: SimulatedDiscordGateway, socket: Socket) -> None:
        self.socket = socket
        self._gateway = gateway
        self._compress: Compressor = plain
        self._session: Session | None = None
        self._arrivals: deque[float] = deque(maxlen=_MAX_FRAMES_A_MINUTE)
        self._refused = False
        """Whether it may not resume its session."""
        self._off_watch: Callable[[], None] = lambda: None
        self._handlers: dict[int, Callable[[Any], None]] = {
            1: self._heartbeat,
            2: self._identify,
            3: self._presence,
            4: self._voice_state,
            6: self._resume,
            8: self._request_members,
        }

    @property
    def shard(self) -> int | None:
        """The shard that identified on it."""
        return None if self._session is None else self._session.shard

    def send(self, frame: Json) -> None:
        self.socket.send(self._compress(json.dumps(frame, separators=(",", ":"))))

    def supersede(self) -> None:
        self.socket.close(DROPPED, "another connection took the session")

    def reconnect(self) -> None:
        """Send op 7: the bot must close and resume."""
        self._say(7, None)

    async def run(self, request: web.Request) -> None:
        try:
            query = request.query
            if query.get("v") != _API_VERSION or query.get("encoding") != "json":
                raise BadFrame(_INVALID_VERSION, f"connected with ?{request.query_string}")
            self._compress = compressor(query.get("compress"))
            self._say(10, {"heartbeat_interval": self._gateway.heartbeat_interval_ms})
            self._watch()
            async for message in self.socket.response:
                self._received(message)
        except BadFrame as error:
            self._refuse(error)
            async for _ in self.socket.response:
                pass  # until the close is answered
        finally:
            self._off_watch()
            self._ended()

    def _received(self, message: aiohttp.WSMessage) -> None:
        if message.type is not aiohttp.WSMsgType.TEXT or len(message.data) > _MAX_FRAME_BYTES:
            raise BadFrame(
                DECODE_ERROR, f"a {message.type.name} frame of {len(message.data)} bytes"
            )
        at = now()
        if len(self._arrivals) == _MAX_FRAMES_A_MINUTE and at - self._arrivals[0] < 60:
            raise BadFrame(_RATE_LIMITED, f"over {_MAX_FRAMES_A_MINUTE} frames within a minute")
        self._arrivals.append(at)
        frame: Frame = read_frame(message.data)
        handle = self._handlers.get(frame.op)
        if handle is None:
            raise BadFrame(_UNKNOWN_OP, f"unknown op {frame.op}")
        handle(frame.d)

    def _refuse(self, error: BadFrame) -> None:
        if error.fault:
            self._gateway.shared.violations.add("gateway", error)
        self.socket.close(error.close_code, error.why)

    def _ended(self) -> None:
        session = self._session
        if session is None or session.outlet is not self:
            return
        session.outlet = None
        by_the_bot = not self.socket.closing
        if by_the_bot and self.socket.response.close_code in _ENDS_SESSION:
            self._gateway.end(session)
        self._gateway.changes.notify()

    def _say(self, op: int, data: object) -> None:
        self.send({"op": op, "d": data, "s": None, "t": None})

    # -- heartbeats ----------------------------------------------------------------------------

    def _watch(self) -> None:
        self._off_watch()
        limit_s = self._gateway.heartbeat_interval_ms / 1000 * _MISSED_HEARTBEATS
        self._off_watch = self._gateway.shared.timers.later(limit_s, self._overdue)

    def _overdue(self) -> None:
        self._refuse(BadFrame(_TIMED_OUT, "no heartbeat"))

    def _heartbeat(self, data: object) -> None:
        if data is not None and (not isinstance(data, int) or data < 0):
            raise BadFrame(DECODE_ERROR, f"a heartbeat with sequence {data!r}")
        # A resuming bot may send a heartbeat with its old sequence before its resume.
        session = self._session
        if session is not None and data is not None and data > session.sequence:
            last = f"where {session.sequence} was the last"
            raise BadFrame(DECODE_ERROR, f"a heartbeat with sequence {data}, {last}")
        self._watch()
        if self._gateway.shared.faults.ack_heartbeats:
            self._say(11, None)

    # -- identify and resume -------------------------------------------------------------------

    def _identify(self, data: object) -> None:
        identify = read(Identify, data)
        if self._session is not None:
            raise BadFrame(_ALREADY, "identified twice")
        self._check_token(identify.token)
        intents.check(identify.intents, self._gateway.privileged_intents)
        session = Session(identify)
        if not 0 <= session.shard < session.shards:
            raise BadFrame(_INVALID_SHARD, f"shard {session.shard} of {session.shards}")
        self._take(session)
        self._gateway.sessions[session.id] = session
        guilds = [g for g in self._gateway.world.guilds.values() if session.sees(g.id)]
        session.event("READY", self._ready(session, guilds))
        for guild in guilds if not self._gateway.shared.faults.guild_outage else ():
            session.introduce(guild)
        self._gateway.changes.notify()

    def _ready(self, session: Session, guilds: list[SimulatedGuild]) -> Json:
        bot = self._gateway.world.bot
        account = {"verified": True, "mfa_enabled": True, "flags": 0, "email": None}
        return {
            "v": int(_API_VERSION),
            "user": bot.payload() | account,
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"wss://{_RESUME_HOST}",
            "shard": [session.shard, session.shards],
            "application": {"id": str(bot.id), "flags": 0},
            "private_channels": [],
        }

    def _resume(self, data: object) -> None:
        resume = read(Resume, data)
        if self._session is not None:
            raise BadFrame(_ALREADY, "resumed after identifying")
        self._check_token(resume.token)
        session = self._gateway.sessions.get(resume.session_id)
        if session is None:
            self._say(9, False)
            self._refused = True
            return
        seen = resume.seq or 0
        if seen > session.sequence:
            raise BadFrame(_INVALID_SEQ, f"sequence {seen}, where {session.sequence} was the last")
        self._take(session)
        session.replay(seen)
        session.event("RESUMED", {})
        self._gateway.changes.notify()

    def _take(self, session: Session) -> None:
        session.move_to(self)
        self._session = session

    def _check_token(self, token: str) -> None:
        if token.removeprefix("Bot ") != self._gateway.token:
            raise BadFrame(_WRONG_TOKEN, "wrong token")

    # -- commands of an identified bot ---------------------------------------------------------

    def _authenticated(self) -> Session:
        if self._session is None:
            # Until it has read that its session is over, the bot cannot know that it must identify.
            known = not self._refused
            raise BadFrame(_NOT_AUTHENTICATED, "sent something before identifying", fault=known)
        return self._session

    def _presence(self, data: object) -> None:
        self._authenticated()
        read(PresenceUpdate, data)

    def _voice_state(self, data: object) -> None:
        session = self._authenticated()
        self._gateway.on_voice_state(session, read(VoiceStateUpdate, data))

    def _request_members(self, data: object) -> None:
        session = self._authenticated()
        ask = read(RequestMembers, data)
        if ask.query == "" and not session.intents & intents.MEMBERS:
            raise BadFrame(intents.DISALLOWED, "asked for all members without that intent")
        try:
            guild = self._gateway.world.guild(ask.guild_id)
        except UnknownPlace as error:
            raise BadFrame(DECODE_ERROR, str(error)) from None
        session.event("GUILD_MEMBERS_CHUNK", members_chunk(guild, ask))


def members_chunk(guild: SimulatedGuild, ask: RequestMembers) -> Json:
    """The answer to op 8: by prefix of the name, or by id."""
    ids = [ask.user_ids] if isinstance(ask.user_ids, int) else ask.user_ids
    found = [
        member
        for member in guild.members.values()
        if (
            member.user.id in ids
            if ids is not None
            else member.user.name.lower().startswith((ask.query or "").lower())
        )
    ]
    limit = (ask.limit or None) if ids is None else None
    return {
        "guild_id": str(guild.id),
        "members": [member.payload() for member in found[:limit]],
        "not_found": [str(i) for i in ids or [] if i not in guild.members],
        "chunk_index": 0,
        "chunk_count": 1,
        "nonce": ask.nonce,
    }


class SimulatedDiscordGateway:
    """Accepts the bot's connections, keeps its sessions, and sends the world's events to them."""

    def __init__(
        self,
        token: str,
        shared: SharedState,
        *,
        heartbeat_interval_ms: int = HEARTBEAT_INTERVAL_MS,
        privileged_intents: int = 0,
    ) -> None:
        self.token = token
        self.shared = shared
        self.heartbeat_interval_ms = heartbeat_interval_ms
        self.privileged_intents = privileged_intents
        self.changes = Changes(TimedOut)
        self.sessions: dict[str, Session] = {}
        self.connections: set[ClientConnection] = set()
        self.world: World
        self.on_voice_state: Callable[[Session, VoiceStateUpdate], None]
        self.on_session_end: Callable[[Session], None]

    def end(self, session: Session) -> None:
        """End a session: it can no longer be resumed."""
        self.sessions.pop(session.id, None)
        self.on_session_end(session)

    def emit(self, event: str, data: Json, guild_id: int) -> None:
        """Send an event to each session that may see the guild and asked for such events."""
        for session in list(self.sessions.values()):
            if session.sees(guild_id):
                shown = intents.view(session.intents, event, data, self.world.bot.id)
                if shown is not None:
                    session.event(event, shown)

    def emit_guild(self, guild: SimulatedGuild) -> None:
        """Send GUILD_CREATE for a guild that the bot was just added to."""
        for session in list(self.sessions.values()):
            session.introduce(guild)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One websocket, from hello to its end."""
        async with Socket(request) as socket:
            connection = ClientConnection(self, socket)
            self.connections.add(connection)
            try:
                await connection.run(request)
            finally:
                self.connections.discard(connection)
        return socket.response

    def drop(self, *, resumable: bool, abruptly: bool = False, shard: int | None = None) -> None:
        """Break every connection, or that of one shard; unless resumable, their sessions end, and
        the sessions' calls."""
        if not resumable:
            for session in [each for each in self.sessions.values() if each.outlet is not None]:
                if shard in (None, session.shard):
                    self.end(session)
        for connection in list(self.connections):
            if shard not in (None, connection.shard):
                continue
            if abruptly:
                connection.socket.abort()
            else:
                connection.socket.close(DROPPED, "dropped")
