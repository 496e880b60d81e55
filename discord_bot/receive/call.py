"""What the receive path must know of the call it is in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from discord_bot.receive.dave import DaveSession


class CallState(Protocol):
    """The call as it is this moment; every reconnect changes all of it in place."""

    @property
    def mode(self) -> str:
        """Discord's name of the transport encryption; empty before the first voice session."""
        ...

    @property
    def key(self) -> Sequence[int]:
        """The transport key; a new object for each voice session, empty before the first."""
        ...

    @property
    def dave_version(self) -> int:
        """0 where there is no end-to-end encryption (stage channels)."""
        ...

    @property
    def dave_session(self) -> DaveSession | None: ...

    @property
    def own_id(self) -> int: ...

    @property
    def lost(self) -> bool:
        """Taken for connected, but the websocket is closed."""
        ...

    def others(self) -> Collection[int]:
        """User ids of everybody else in the channel."""
        ...

    def is_bot(self, user_id: int) -> bool: ...
