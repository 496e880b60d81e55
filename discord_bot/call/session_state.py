"""The states of a guild's call."""

from __future__ import annotations

from enum import Enum


class SessionState(Enum):
    """The states of a call, in their order; see the diagram in `discord_bot.voice_session`."""

    JOINING = "joining"
    """The bot has not been in the channel yet."""
    JOINED = "joined"
    """The call runs; also while a lost connection is repaired."""
    LEAVING = "leaving"
    LEFT = "left"
