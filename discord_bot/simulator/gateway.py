"""The main gateway: sessions that come, go and resume, and the events they asked for."""

from __future__ import annotations

import importlib
import json
import logging
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import aiohttp
from aiohttp import web

from discord_bot.simulator import intents
from discord_bot.simulator.backstage import Backstage
from discord_bot.simulator.changes import Changes
from discord_bot.simulator.errors import BadFrame, UnknownPlace
from discord_bot.simulator.payloads import (
    Frame,
    Identify,
    PresenceUpdate,
    RequestMembers,
    Resume,
    VoiceStateUpdate,
    read,
    read_frame,
)
from discord_bot.simulator.sockets import Socket
from discord_bot.simulator.world import Guild, Json, World

log = logging.getLogger(__name__)

HEARTBEAT_INTERVAL_MS: Final = 41250
RESUME_HOST: Final = "gateway-simulated.discord.gg"
_API_VERSION: Final = "10"
_MAX_FRAME_BYTES: Final = 4096
_MAX_FRAMES_A_MINUTE: Final = 120
_MISSED_HEARTBEATS: Final = 2
"""Intervals without a heartbeat after which a session has timed out."""
_MAX_BACKLOG: Final = 1000

UNKNOWN_OP, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY = 4001, 4003, 4004, 4005
INVALID_SEQ, RATE_LIMITED, TIMED_OUT, INVALID_SHARD, INVALID_VERSION = 4007, 4008, 4009, 4010, 4012
UNKNOWN_ERROR = 4000
_ENDS_SESSION: Final = (1000, 1001)


class _Compressor(Protocol):
    def __call__(self, text: str) -> str | bytes: ...


def _compressor(name: str | None) -> _Compressor:
    """How a connection's frames are written (Gateway docs, "Transport Compression")."""
    if name is None:
        return lambda text: text
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        # Only a bot whose process has the zstandard package asks for this.
        zstandard = importlib.import_module("zstandard")
        block = zstandard.ZstdCompressor().compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: bytes(block.compress(text.encode()) + block.flush(flush))
    raise BadFrame(UNKNOWN_ERROR, f"unknown compression {name!r}")


class Session:
    """What a bot identified as, which outlives its connection so that it can be resumed."""

    def __init__(self, identify: Identify) -> None:
        self.id = secrets.token_hex(16)
        self.intents = identify.intents
        self.shard, self.shards = identify.shard or (0, 1)
        self.sequence = 0
        self.backlog: deque[tuple[int, Json]] = deque(maxlen=_MAX_BACKLOG)
        self.connection: Connection | None = None

    def sees(self, guild_id: int) -> bool:
        """Discord's sharding formula."""
        return (guild_id >> 22) % self.shards == self.shard

    def event(self, name: str, data: Json) -> None:
        self.sequence += 1
        frame = {"op": 0, "t": name, "s": self.sequence, "d": data}
        self.backlog.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.send(frame)


class Gateway:
    """Accepts the bot's connections and sends the world's events to its sessions."""

    def __init__(
        self,
        token: str,
        backstage: Backstage,
        *,
        heartbeat_interval_ms: int = HEARTBEAT_INTERVAL_MS,
        privileged_intents: int = 0,
    ) -> None:
        self.token = token
        self.referee = backstage.referee
        self.faults = backstage.faults
        self.timers = backstage.timers
        self.heartbeat_interval_ms = heartbeat_interval_ms
        self.privileged_intents = privileged_intents
        self.changes = Changes()
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.world: World
        self.on_voice_state: Callable[[VoiceStateUpdate], None]
        self.on_session_end: Callable[[Session], None]

    def emit(self, event: str, data: Json, guild_id: int) -> None:
        """Send an event to each session that may see the guild and asked for such events."""
        for session in list(self.sessions.values()):
            if session.sees(guild_id) and intents.allow(session.intents, event):
                session.event(event, data)

    def emit_guild(self, guild: Guild) -> None:
        """Tell the bot of a guild it has just been invited to, or sees for the first time."""
        for session in list(self.sessions.values()):
            self.introduce(session, guild)

    def introduce(self, session: Session, guild: Guild) -> None:
        if session.sees(guild.id) and intents.allow(session.intents, "GUILD_CREATE"):
            everyone = bool(session.intents & intents.PRESENCES)
            voice = bool(session.intents & intents.VOICE_STATES)
            session.event("GUILD_CREATE", guild.payload(all_members=everyone, voice=voice))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One websocket, from hello to its end."""
        async with Socket(request) as socket:
            connection = Connection(self, socket)
            self.connections.add(connection)
            try:
                await connection.run(request)
            finally:
                self.connections.discard(connection)
        return socket.response

    def drop(self, *, resumable: bool, abruptly: bool = False) -> None:
        """Break every connection; a session that cannot be resumed ends, and its calls with it."""
        if not resumable:
            self.end_sessions()
        for connection in list(self.connections):
            if abruptly:
                connection.socket.abort()
            else:
                connection.socket.close(UNKNOWN_ERROR, "dropped")

    def end_sessions(self) -> None:
        for session in list(self.sessions.values()):
            self.end(session)

    def end(self, session: Session) -> None:
        """The session cannot be resumed any more."""
        self.sessions.pop(session.id, None)
        self.on_session_end(session)


class Connection:
    """One websocket of the bot and the session on it, if it has identified."""

    def __init__(self, gateway: Gateway, socket: Socket) -> None:
        self.socket = socket
        self._gateway = gateway
        self._compress: _Compressor = lambda text: text
        self._session: Session | None = None
        self._arrivals: deque[float] = deque(maxlen=_MAX_FRAMES_A_MINUTE)
        self._off_watch: Callable[[], None] = lambda: None
        self._handlers: dict[int, Callable[[Any], None]] = {
            1: self._heartbeat,
            2: self._identify,
            3: self._presence,
            4: self._voice_state,
            6: self._resume,
            8: self._request_members,
        }

    def send(self, frame: Json) -> None:
        self.socket.send(self._compress(json.dumps(frame, separators=(",", ":"))))

    def reconnect(self) -> None:
        """Op 7, to which the bot is to close and resume."""
        self._say(7, None)

    async def run(self, request: web.Request) -> None:
        try:
            query = request.query
            if query.get("v") != _API_VERSION or query.get("encoding") != "json":
                raise BadFrame(INVALID_VERSION, f"connected with ?{request.query_string}")
            self._compress = _compressor(request.query.get("compress"))
            self._say(10, {"heartbeat_interval": self._gateway.heartbeat_interval_ms})
            self._watch()
            async for message in self.socket.response:
                self._received(message)
        except BadFrame as error:
            self._refuse(error)
            async for _ in self.socket.response:
                """Until the close is answered."""
        finally:
            self._off_watch()
            self._ended()

    def _received(self, message: aiohttp.WSMessage) -> None:
        if message.type is not aiohttp.WSMsgType.TEXT or len(message.data) > _MAX_FRAME_BYTES:
            raise BadFrame(4002, f"a {message.type.name} frame of {len(message.data)} bytes")
        now = time.monotonic()
        if len(self._arrivals) == _MAX_FRAMES_A_MINUTE and now - self._arrivals[0] < 60:
            raise BadFrame(RATE_LIMITED, f"over {_MAX_FRAMES_A_MINUTE} frames within a minute")
        self._arrivals.append(now)
        frame: Frame = read_frame(message.data)
        handle = self._handlers.get(frame.op)
        if handle is None:
            raise BadFrame(UNKNOWN_OP, f"unknown op {frame.op}")
        handle(frame.d)

    def _refuse(self, error: BadFrame) -> None:
        self._gateway.referee.violation("gateway", error)
        self.socket.close(error.close_code, error.why[:100])

    def _ended(self) -> None:
        session = self._session
        if session is None or session.connection is not self:
            return
        session.connection = None
        if self.socket.response.close_code in _ENDS_SESSION:
            self._gateway.end(session)
        self._gateway.changes.notify()

    def _say(self, op: int, data: object) -> None:
        self.send({"op": op, "d": data, "s": None, "t": None})

    # -- heartbeats ----------------------------------------------------------------------------

    def _watch(self) -> None:
        self._off_watch()
        limit_s = self._gateway.heartbeat_interval_ms / 1000 * _MISSED_HEARTBEATS
        self._off_watch = self._gateway.timers.later(limit_s, self._overdue)

    def _overdue(self) -> None:
        self._refuse(BadFrame(TIMED_OUT, "no heartbeat"))

    def _heartbeat(self, data: object) -> None:
        known = self._session.sequence if self._session else 0
        if data is not None and not (isinstance(data, int) and 0 <= data <= known):
            raise BadFrame(4002, f"a heartbeat with sequence {data!r}, where {known} was the last")
        self._watch()
        if self._gateway.faults.ack_heartbeats:
            self._say(11, None)

    # -- identify and resume -------------------------------------------------------------------

    def _identify(self, data: object) -> None:
        identify = read(Identify, data)
        if self._session is not None:
            raise BadFrame(ALREADY, "identified twice")
        self._check_token(identify.token)
        intents.check(identify.intents, self._gateway.privileged_intents)
        session = Session(identify)
        if not 0 <= session.shard < session.shards:
            raise BadFrame(INVALID_SHARD, f"shard {session.shard} of {session.shards}")
        self._take(session)
        self._gateway.sessions[session.id] = session
        guilds = [g for g in self._gateway.world.guilds.values() if session.sees(g.id)]
        session.event("READY", self._ready(session, guilds))
        for guild in guilds:
            self._gateway.introduce(session, guild)
        self._gateway.changes.notify()

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        bot = self._gateway.world.bot
        account = {"verified": True, "mfa_enabled": True, "flags": 0, "email": None}
        return {
            "v": int(_API_VERSION),
            "user": bot.payload() | account,
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"wss://{RESUME_HOST}",
            "shard": [session.shard, session.shards],
            "application": {"id": str(bot.id), "flags": 0},
            "private_channels": [],
        }

    def _resume(self, data: object) -> None:
        resume = read(Resume, data)
        if self._session is not None:
            raise BadFrame(ALREADY, "resumed after identifying")
        self._check_token(resume.token)
        session = self._gateway.sessions.get(resume.session_id)
        if session is None:
            self._say(9, False)
            return
        seen = resume.seq or 0
        if seen > session.sequence:
            raise BadFrame(INVALID_SEQ, f"sequence {seen}, where {session.sequence} was the last")
        self._take(session)
        for sequence, frame in list(session.backlog):
            if sequence > seen:
                self.send(frame)
        session.event("RESUMED", {})
        self._gateway.changes.notify()

    def _take(self, session: Session) -> None:
        if session.connection is not None:
            session.connection.socket.close(UNKNOWN_ERROR, "another connection took the session")
        session.connection = self
        self._session = session

    def _check_token(self, token: str) -> None:
        if token.removeprefix("Bot ") != self._gateway.token:
            raise BadFrame(WRONG_TOKEN, "wrong token")

    # -- what an identified bot may send -------------------------------------------------------

    def _authenticated(self) -> Session:
        if self._session is None:
            raise BadFrame(NOT_AUTHENTICATED, "sent something before identifying")
        return self._session

    def _presence(self, data: object) -> None:
        self._authenticated()
        read(PresenceUpdate, data)

    def _voice_state(self, data: object) -> None:
        self._authenticated()
        self._gateway.on_voice_state(read(VoiceStateUpdate, data))

    def _request_members(self, data: object) -> None:
        session = self._authenticated()
        ask = read(RequestMembers, data)
        if ask.query == "" and not session.intents & intents.MEMBERS:
            raise BadFrame(intents.DISALLOWED, "asked for all members without that intent")
        try:
            guild = self._gateway.world.guild(ask.guild_id)
        except UnknownPlace as error:
            raise BadFrame(4002, str(error)) from None
        session.event("GUILD_MEMBERS_CHUNK", members_chunk(guild, ask))


def members_chunk(guild: Guild, ask: RequestMembers) -> Json:
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
