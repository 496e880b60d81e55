"""Where heard audio goes."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from pipeline.audio import Pcm16


class FrameKind(Enum):
    """What a piece of heard audio is."""

    SPEECH = "speech"
    """Decoded from a packet of its own."""
    CONCEALED = "concealed"
    """Its packet was lost: rebuilt from the follower's redundancy, or made up by the decoder."""
    SILENCE = "silence"
    """Discord's end-of-talk frame. Clients with a camera on send it all the time."""


class AudioSink(Protocol):
    """Takes what people say. Called on the event loop."""

    def on_audio(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        """One frame, 16 kHz mono ``int16[n]`` (n is 320 for all known clients), in order.

        Nothing comes while a person is silent, and after a network hiccup several come at once.
        """

    def on_gone(self, user_id: int) -> None:
        """The person has left the call; nothing more will come from them."""
