"""Counts of the calls' received packets that outlive the calls.

Each voice connection has counters of its own, which end with it. Prometheus wants counts that only
grow. So the counters of every connection that was seen are kept until it is gone, then added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from discord_bot.receive.counters import ReceiveCounters

RESULTS: Final = (
    "datagrams", "not_audio", "transport_fail", "malformed", "empty", "duplicate", "unwanted",
    "ignored", "decrypted", "unknown_ssrc", "attributed", "rescued", "late", "concealed", "fec",
    "opus_fail", "frames", "silence", "unsent", "errors",
)  # fmt: skip
"""The fields of `ReceiveCounters` that are numbers."""


class CallCounts:
    """The sums over all voice connections of the process."""

    def __init__(self) -> None:
        self._ended: Counter[str] = Counter()
        self._ended_dave: Counter[str] = Counter()
        self._open: dict[int, ReceiveCounters] = {}
        self.connections = 0
        """Voice connections that were seen."""

    def see(self, open_now: Iterable[ReceiveCounters]) -> None:
        """Note the counters of the connections that are open; the others have ended.

        Call it every second or so: a connection that opens and ends in between is not counted.
        """
        seen = {id(counters): counters for counters in open_now}
        for key in self._open.keys() - seen.keys():
            self._add(self._open.pop(key))
        self.connections += len(seen.keys() - self._open.keys())
        self._open |= seen

    def packets(self) -> Counter[str]:
        """By the names of `RESULTS`."""
        return self._ended + sum(map(_numbers, self._open.values()), Counter[str]())

    def dave_failures(self) -> Counter[str]:
        """Frames that the group's key did not decrypt at first, by davey's reason."""
        return self._ended_dave + sum(self._dave(), Counter[str]())

    def _dave(self) -> Iterator[Counter[str]]:
        return (counters.dave_fail for counters in self._open.values())

    def _add(self, ended: ReceiveCounters) -> None:
        self._ended += _numbers(ended)
        self._ended_dave += ended.dave_fail


def _numbers(counters: ReceiveCounters) -> Counter[str]:
    return Counter({name: getattr(counters, name) for name in RESULTS})
