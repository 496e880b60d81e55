"""Repeated faults on a path that must continue: the 1st, 2nd, 4th, 8th... of a kind is logged.

Each speaker sends a packet every 20 ms, and a dead peer refuses a hundred times a second: a fault
of one is a fault of all.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Final

_MOST_KINDS: Final = 100
"""The number of kinds that are counted; the oldest is dropped first."""


class FaultLog:
    """Logs repeated faults to ``log`` without flooding it."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()

    def tell(
        self, level: int, message: str, *args: object, error: BaseException | None = None
    ) -> None:
        """Log ``message``, and the traceback of ``error`` if there is one.

        The kind of a fault is its ``message``, a fixed text, with the type of its error.
        """
        kind = (message, "" if error is None else type(error).__name__)
        count = self._counts.pop(kind, 0) + 1
        self._counts[kind] = count
        if len(self._counts) > _MOST_KINDS:
            self._counts.popitem(last=False)
        if count & (count - 1) == 0:
            again = "" if count == 1 else f" ({count} times by now)"
            self._log.log(level, message + again, *args, exc_info=error)

    def recovered(self, message: str) -> None:
        """Reset the count of ``message``: its next fault is logged."""
        for kind in [kind for kind in self._counts if kind[0] == message]:
            del self._counts[kind]
