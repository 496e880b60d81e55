"""The main gateway: who is connected, and which events go where."""

from __future__ import annotations

from aiohttp import web

from simulators.discord.api_objects import Json
from simulators.discord.gateway_connection import DROPPED, ClientConnection
from simulators.discord.gateway_state import HEARTBEAT_INTERVAL_MS, GatewayState
from simulators.discord.shared import SharedState
from simulators.discord.sockets import Socket
from simulators.discord.world import SimulatedGuild


class SimulatedDiscordGateway(GatewayState):
    """Accepts the bot's connections and sends the world's events to its sessions."""

    def __init__(
        self,
        token: str,
        backstage: SharedState,
        *,
        heartbeat_interval_ms: int = HEARTBEAT_INTERVAL_MS,
        privileged_intents: int = 0,
    ) -> None:
        super().__init__(
            token,
            backstage,
            heartbeat_interval_ms=heartbeat_interval_ms,
            privileged_intents=privileged_intents,
        )
        self.connections: set[ClientConnection] = set()

    def emit(self, event: str, data: Json, guild_id: int) -> None:
        """Send an event to each session that may see the guild and asked for such events."""
        for session in list(self.sessions.values()):
            if session.sees(guild_id) and session.wants(event):
                session.event(event, data)

    def emit_guild(self, guild: SimulatedGuild) -> None:
        """Tell the bot of a guild it has just been invited to."""
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
