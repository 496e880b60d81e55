"""Dropping copies of packets, before anything that can open a packet only once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

_REMEMBERED: Final = 128
"""Sequence numbers of each stream: 2.5 s of speech."""
_MAX_STREAMS: Final = 256


class ReplayFilter:
    """Remembers the latest sequence numbers of each stream."""

    def __init__(self) -> None:
        self._streams: OrderedDict[int, OrderedDict[int, None]] = OrderedDict()

    def is_copy(self, ssrc: int, sequence: int) -> bool:
        """Whether this packet came before; remembers it if not."""
        seen = self._streams.get(ssrc)
        if seen is None:
            seen = self._streams[ssrc] = OrderedDict()
            if len(self._streams) > _MAX_STREAMS:
                self._streams.popitem(last=False)
        if sequence in seen:
            return True
        seen[sequence] = None
        if len(seen) > _REMEMBERED:
            seen.popitem(last=False)
        return False

    def forget(self, ssrc: int) -> None:
        self._streams.pop(ssrc, None)

    def clear(self) -> None:
        self._streams.clear()
