"""Counters of the receive path: every datagram is counted by its result."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ReceiveCounters:
    """Counts since the call began. Every dropped packet is counted under one of these names."""

    datagrams: int = 0
    """All datagrams from the voice server."""
    not_audio: int = 0
    """RTCP, video, keepalive echoes, IP discovery, garbage."""
    transport_fail: int = 0
    """Not decrypted by the call's transport key; a few are normal around a reconnect."""
    malformed: int = 0
    """Decrypted, but the padding or the header extension is longer than the packet."""
    empty: int = 0
    """Padding alone: no sound, though it takes a sequence number."""
    duplicate: int = 0
    unwanted: int = 0
    """Arrived before a sink was set."""
    ignored: int = 0
    """From bots and ignored users; never DAVE-decrypted."""
    decrypted: int = 0
    """Packets whose audio was decrypted, and given to a decoder."""
    unknown_ssrc: int = 0
    """The stream's speaker was unknown; kept for a while."""
    attributed: int = 0
    """Streams attributed without the voice server naming the speaker."""
    dave_fail: Counter[str] = field(default_factory=Counter)
    """Frames that the DAVE group's key did not decrypt at first, by davey's reason."""
    rescued: int = 0
    """Those of `dave_fail` that the next epoch's key decrypted."""
    late: int = 0
    """Arrived after they had been concealed."""
    concealed: int = 0
    """Lost frames concealed by the decoder."""
    fec: int = 0
    """Lost frames rebuilt from the next packet's redundancy."""
    opus_fail: int = 0
    frames: int = 0
    """Frames decoded and passed on, end-of-talk frames included."""
    silence: int = 0
    """Those of `frames` that were end-of-talk frames."""
    unsent: int = 0
    """The bot's own packets, dropped because there was no DAVE group to encrypt them."""
    errors: int = 0
    """Faults of this code, logged with a traceback; should be zero."""
    last_frame_at: dict[int, float] = field(default_factory=dict)
    """By user id: the event loop's time at the arrival of the last decoded packet."""

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
