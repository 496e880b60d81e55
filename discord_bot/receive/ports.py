"""What the receive path needs from outside: the state of the call, and a sink for the audio."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Protocol

from discord_bot.receive.dave import DaveSession
from pipeline.audio import Pcm16


class CallState(Protocol):
    """The call at this moment. Every reconnect changes all of it in place."""

    @property
    def mode(self) -> str:
        """Discord's name of the transport encryption; empty before the first voice session."""
        ...

    @property
    def key(self) -> Sequence[int]:
        """The transport key: a new object for each voice session, empty before the first."""
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
        """Whether the websocket is closed although discord.py calls the client connected."""
        ...

    def others(self) -> Collection[int]:
        """The ids of all other users in the channel."""
        ...

    def is_bot(self, user_id: int) -> bool: ...


class FrameKind(Enum):
    """The origin of a frame of received audio."""

    SPEECH = "speech"
    """Decoded from its own packet."""
    CONCEALED = "concealed"
    """Its packet was lost: rebuilt from the next packet's redundancy, or concealed by Opus."""
    SILENCE = "silence"
    """Discord's end-of-talk frame. Clients with a camera on send it all the time."""


class AudioSink(Protocol):
    """Receives the speakers' audio. Called on the event loop."""

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        """One frame in order, 16 kHz mono ``int16[n]`` (n is 320 for all known clients).

        No frames come while a speaker is silent. After a network delay several come at once.
        """

    def on_user_left(self, user_id: int) -> None:
        """The user has left the call; no more frames will come from them."""
