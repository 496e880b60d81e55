"""Faults of our own on a path that must go on: counted always, logged without flooding."""

from __future__ import annotations

import logging

from discord_bot.receive.counters import ReceiveCounters

log = logging.getLogger(__name__)


class FaultLog:
    """Call from an ``except`` block: the 1st, 2nd, 4th, 8th... fault is logged with traceback.

    A packet comes every 20 ms from each speaker, and whatever fails for one fails for all.
    """

    def __init__(self, counters: ReceiveCounters) -> None:
        self._counters = counters

    def caught(self, what: str) -> None:
        self._counters.errors += 1
        n = self._counters.errors
        if n & (n - 1) == 0:
            log.exception("%s failed (fault %d of this call); going on", what, n)
