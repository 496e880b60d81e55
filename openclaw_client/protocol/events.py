"""The Gateway's events that we read, checked once where they come off the wire. No I/O.

Every listener gets an event with its payload as a model, or an event of another name with its
payload as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from openclaw_client.errors import ProtocolViolation
from openclaw_client.node.invocation import Cancellation, Invocation, PairResolved
from openclaw_client.protocol.frames import ChatEvent, Event, Shutdown, read_payload
from openclaw_client.protocol.wire import Wire

_PAYLOADS: Final[Mapping[str, type[Wire]]] = MappingProxyType(
    {
        "chat": ChatEvent,
        "shutdown": Shutdown,
        "node.invoke.request": Invocation,
        "node.invoke.cancel": Cancellation,
        "node.pair.resolved": PairResolved,
    }
)


def read_event(event: Event) -> Event:
    """The event with its payload as its model; an event that no listener reads stays as it is.

    Raises:
        ProtocolViolation: its payload is not what such an event has.
    """
    model = _PAYLOADS.get(event.event)
    if model is None:
        return event
    try:
        payload = read_payload(model, event.payload, f"a {event.event} event")
    except ProtocolViolation as violation:
        violation.event = event.event
        raise
    return event.model_copy(update={"payload": payload})
