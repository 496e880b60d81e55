"""Faults of our own on a path that must go on: counted always, logged without flooding."""

from __future__ import annotations

import logging
import sys

import logs
from discord_bot.receive.counters import ReceiveCounters

log = logging.getLogger(__name__)


class PacketFaults:
    """Call from an ``except`` block: `logs.FaultLog` tells of it with its traceback."""

    def __init__(self, counters: ReceiveCounters) -> None:
        self._counters = counters
        self._log = logs.FaultLog(log)

    def caught(self, what: str) -> None:
        self._counters.errors += 1
        self._log.tell(logging.ERROR, "%s failed; going on", what, error=sys.exception())
