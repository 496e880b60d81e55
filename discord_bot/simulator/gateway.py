"""The main gateway: who is connected, and which events go where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiohttp import web

from discord_bot.simulator.api_objects import Json
from discord_bot.simulator.backstage import Backstage
from discord_bot.simulator.changes import Changes
from discord_bot.simulator.gateway_connection import DROPPED, Connection
from discord_bot.simulator.payloads import VoiceStateUpdate
from discord_bot.simulator.sessions import Session
from discord_bot.simulator.sockets import Socket
from discord_bot.simulator.world import Guild, World

HEARTBEAT_INTERVAL_MS: Final = 41250


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
            if session.sees(guild_id) and session.wants(event):
                session.event(event, data)

    def emit_guild(self, guild: Guild) -> None:
        """Tell the bot of a guild it has just been invited to."""
        for session in list(self.sessions.values()):
            session.introduce(guild)

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
            for session in list(self.sessions.values()):
                self.end(session)
        for connection in list(self.connections):
            if abruptly:
                connection.socket.abort()
            else:
                connection.socket.close(DROPPED, "dropped")

    def end(self, session: Session) -> None:
        """The session cannot be resumed any more."""
        self.sessions.pop(session.id, None)
        self.on_session_end(session)
