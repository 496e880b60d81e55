"""What became of every datagram. A status command or a doctor shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ReceiveCounters:
    """Counts since the call began. Whatever is dropped is counted under one of these names."""

    datagrams: int = 0
    """Everything that came from the voice server."""
    not_audio: int = 0
    """RTCP, video, keepalive echoes, IP discovery, garbage."""
    transport_fail: int = 0
    """Not opened by the call's transport key; a few are normal around a reconnect."""
    malformed: int = 0
    """Decrypted, but the padding or the header extension is longer than the packet."""
    empty: int = 0
    """Padding and nothing else: no sound, though it takes a sequence number."""
    duplicate: int = 0
    unwanted: int = 0
    """Came before anybody listened."""
    left_out: int = 0
    """From bots, and from people who asked not to be heard; never decrypted."""
    unknown_ssrc: int = 0
    """Nobody yet known to own the stream; held for a while in case it shows."""
    attributed: int = 0
    """Streams whose owner was found without the voice server naming them."""
    dave_fail: Counter[str] = field(default_factory=Counter)
    """Frames that the DAVE group's key did not open at first, by davey's reason."""
    rescued: int = 0
    """Those of `dave_fail` that opened once the next epoch's key was there."""
    late: int = 0
    """Came after the gap had been concealed."""
    concealed: int = 0
    """Frames made up by the decoder."""
    fec: int = 0
    """Lost frames rebuilt from the follower's redundancy."""
    opus_fail: int = 0
    frames: int = 0
    """Frames decoded and passed on, end-of-talk frames included."""
    silence: int = 0
    """Those of `frames` that were end-of-talk frames."""
    unsent: int = 0
    """Own packets kept back because the DAVE group was not there to encrypt them."""
    errors: int = 0
    """Faults of our own, logged with a traceback; should be zero."""
    last_frame_at: dict[int, float] = field(default_factory=dict)
    """User id to the event loop's time at the arrival of their last decoded packet."""

    def as_dict(self) -> dict[str, Any]:
        """A copy in plain types, ready for JSON."""
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("dave_fail", "last_frame_at")
        }
        plain["dave_fail"] = dict(self.dave_fail)
        plain["last_frame_at"] = {str(user): at for user, at in self.last_frame_at.items()}
        return plain
