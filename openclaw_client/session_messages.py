"""What people write in sessions: ``session.message`` events of the sessions that are watched.

The Gateway sends these large events only for sessions that a connection has subscribed to, and a
session may be watched before it exists. A subscription ends with its connection, and is renewed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from openclaw_client.errors import OpenClawError
from openclaw_client.gateway import Gateway
from openclaw_client.protocol.frames import Event
from openclaw_client.protocol.payloads import message_text
from openclaw_client.protocol.wire import WireModel, or_else, read_payload
from openclaw_client.transport.connection import GatewayConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

EVENT = "session.message"


class _Transport(WireModel):
    channel: Annotated[str, or_else("")] = ""


class _Origin(WireModel):
    """The Gateway's note on a message of a channel."""

    sender_id: Annotated[str, or_else("")] = ""
    sender_name: Annotated[str, or_else("")] = ""
    transport: Annotated[_Transport, or_else(_Transport())] = _Transport()


class _Message(WireModel):
    role: Annotated[str, or_else("")] = ""
    content: Any = None
    origin: Annotated[_Origin, or_else(_Origin())] = Field(_Origin(), alias="__openclaw")


class _SessionMessageEvent(WireModel):
    session_key: str
    message: _Message


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """What a person wrote over a channel, such as ``telegram``, and their id there."""

    session_key: str
    text: str
    channel: str
    sender_id: str
    sender_name: str


OnWords: TypeAlias = Callable[[ChannelWords], None]


class SessionMessages:
    """Watches sessions over a Gateway's connection; a `ConnectionListener`. `close` it at the end.
    ``on_words`` must neither block nor raise."""

    def __init__(self, gateway: Gateway, on_words: OnWords) -> None:
        self._gateway = gateway
        self._on_words = on_words
        self._wanted: frozenset[str] = frozenset()
        self._tasks = OwnedTasks(log)
        gateway.connection.add_listener(self)
        gateway.on_connected(self._connected)

    def watch(self, session_keys: Iterable[str]) -> None:
        """Watch these sessions and no others."""
        wanted = frozenset(session_keys)
        added, dropped, self._wanted = wanted - self._wanted, self._wanted - wanted, wanted
        connection = self._gateway.open_connection
        if connection is not None and (added or dropped):
            self._tasks.spawn(self._change(connection, added, dropped), "watch sessions")

    async def close(self) -> None:
        """Watch none."""
        await self._tasks.aclose()

    def on_event(self, event: Event) -> None:
        if event.event != EVENT or not self._wanted:
            return
        found = read_payload(_SessionMessageEvent, event.payload, f"a {EVENT} event")
        text, origin = message_text({"content": found.message.content}), found.message.origin
        if found.message.role == "user" and text and origin.sender_id:
            self._on_words(
                ChannelWords(
                    found.session_key,
                    text,
                    origin.transport.channel,
                    origin.sender_id,
                    origin.sender_name,
                )
            )

    def on_events_lost(self) -> None:
        """Ignored: a person who gets no answer writes again."""

    def on_connection_lost(self, why: str) -> None:
        """Ignored: the next connection subscribes again."""

    def _connected(self, connection: GatewayConnection) -> None:
        if self._wanted:
            self._tasks.spawn(self._change(connection, self._wanted, ()), "watch sessions")

    async def _change(
        self, connection: GatewayConnection, added: Iterable[str], dropped: Iterable[str]
    ) -> None:
        try:
            for key in sorted(added):
                await connection.request("sessions.messages.subscribe", {"key": key})
            for key in sorted(dropped):
                await connection.request("sessions.messages.unsubscribe", {"key": key})
        except OpenClawError as error:
            log.warning("the answers of people over channels are not seen: %s", error)
