"""What the main gateway and each of its connections share: the sessions, and who may have one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from simulators.changes import Changes
from simulators.discord.payloads import VoiceStateUpdate
from simulators.discord.sessions import Session
from simulators.discord.shared import SharedState
from simulators.discord.world import World

HEARTBEAT_INTERVAL_MS: Final = 41250


class GatewayState:
    """Sessions by their id, and what a connection needs to check a client and to serve it."""

    def __init__(
        self,
        token: str,
        backstage: SharedState,
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
        self.world: World
        self.on_voice_state: Callable[[VoiceStateUpdate], None]
        self.on_session_end: Callable[[Session], None]

    def end(self, session: Session) -> None:
        """The session cannot be resumed any more."""
        self.sessions.pop(session.id, None)
        self.on_session_end(session)
