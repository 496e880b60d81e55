"""Lines for an agent's session, which its next turn reads: ``notifications.changed``.

The Gateway keeps twenty lines a session, cuts title and text at 120 characters each, and drops a
line that waits already under the same key. So a repeated delivery doubles nothing, and what is sent
is a few sentences and never a stream. They are lost if the Gateway restarts before the next turn.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from fleet.outbox import DeliverLater, Outbox, Parcel, ParcelPriority
from fleet.refusals import as_delivery
from openclaw_client.errors import GatewayUnreachable, NotConnected, RequestFailed
from openclaw_client.turn_text import clean_words

KIND: Final = "session-notice"
LONGEST_CHARS: Final = 120

SendEvent: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[None]]


class SessionNotices:
    """Posts lines by way of the outbox. ``send_event`` is `GatewayNode.send_event`."""

    def __init__(self, outbox: Outbox, send_event: SendEvent) -> None:
        self._outbox = outbox
        self._send_event = send_event
        outbox.register(KIND, self._deliver)

    async def post(
        self,
        session_key: str,
        key: str,
        title: str,
        text: str,
        *,
        priority: ParcelPriority = ParcelPriority.NORMAL,
        ident: str | None = None,
    ) -> None:
        """Queue a line for the next turn of a session. ``key`` says what it is about. One with an
        ``ident`` that waits already is not queued again.

        Raises:
            StateError: the disk does not take it.
        """
        payload = {
            "change": "posted",
            "key": key,
            "sessionKey": session_key,
            "title": cut(clean_words(title)),
            "text": cut(clean_words(text)),
        }
        await self._outbox.put(KIND, payload, lane=session_key, priority=priority, ident=ident)

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            await self._send_event("notifications.changed", parcel.payload)
        except (NotConnected, GatewayUnreachable) as error:
            raise DeliverLater(str(error)) from error
        except RequestFailed as refused:
            raise as_delivery(refused) from refused


def cut(text: str) -> str:
    """The text, at most `LONGEST_CHARS` characters, the last one an ellipsis if it is cut."""
    return text if len(text) <= LONGEST_CHARS else f"{text[: LONGEST_CHARS - 1]}…"
