"""The bot's sessions at the main gateway; a session outlives its connection."""

from __future__ import annotations

import secrets
from collections import deque
from typing import Final, Protocol

from simulators.discord import intents
from simulators.discord.api_objects import Json
from simulators.discord.payloads import Identify
from simulators.discord.world import SimulatedGuild

_MAX_BACKLOG: Final = 1000


class Outlet(Protocol):
    """The connection of a session."""

    def send(self, frame: Json) -> None: ...

    def supersede(self) -> None:
        """Another connection has resumed the session."""
        ...


class Session:
    """Keeps its events, so that a new connection can resume it and receive the missed ones."""

    def __init__(self, identify: Identify) -> None:
        self.id = secrets.token_hex(16)
        self.intents = identify.intents
        self.shard, self.shards = identify.shard or (0, 1)
        self.sequence = 0
        self.outlet: Outlet | None = None
        self._backlog: deque[tuple[int, Json]] = deque(maxlen=_MAX_BACKLOG)

    def sees(self, guild_id: int) -> bool:
        """Discord's sharding formula."""
        return (guild_id >> 22) % self.shards == self.shard

    def wants(self, event: str) -> bool:
        return intents.allow(self.intents, event)

    def event(self, name: str, data: Json) -> None:
        """Number an event, keep it, and send it if there is a connection."""
        self.sequence += 1
        frame = {"op": 0, "t": name, "s": self.sequence, "d": data}
        self._backlog.append((self.sequence, frame))
        if self.outlet is not None:
            self.outlet.send(frame)

    def introduce(self, guild: SimulatedGuild) -> None:
        """GUILD_CREATE, with the fields that the intents allow."""
        if self.sees(guild.id) and self.wants("GUILD_CREATE"):
            everyone = bool(self.intents & intents.PRESENCES)
            voice = bool(self.intents & intents.VOICE_STATES)
            self.event("GUILD_CREATE", guild.payload(all_members=everyone, voice=voice))

    def move_to(self, outlet: Outlet) -> None:
        if self.outlet is not None:
            self.outlet.supersede()
        self.outlet = outlet

    def replay(self, seen: int) -> None:
        """Send the events after number ``seen`` again."""
        for sequence, frame in list(self._backlog):
            if sequence > seen and self.outlet is not None:
                self.outlet.send(frame)
