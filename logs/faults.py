"""Faults on a path that must go on: each kind is told at its 1st, 2nd, 4th, 8th... time.

A packet comes every 20 ms from each speaker, and a dead peer refuses a hundred times a second:
whatever fails for one fails for all.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Final

_MOST_KINDS: Final = 100
"""Remembered at a time; the one told of longest ago is forgotten first."""


class FaultLog:
    """Tells of repeated faults through ``log`` without flooding it."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()

    def tell(
        self, level: int, message: str, *args: object, error: BaseException | None = None
    ) -> None:
        """Log ``message``, and the traceback of ``error`` if there is one.

        ``message`` is a fixed text; with the type of the error it is what makes the kind.
        """
        kind = (message, "" if error is None else type(error).__name__)
        count = self._counts.pop(kind, 0) + 1
        self._counts[kind] = count
        if len(self._counts) > _MOST_KINDS:
            self._counts.popitem(last=False)
        if count & (count - 1) == 0:
            again = "" if count == 1 else f" ({count} times by now)"
            self._log.log(level, message + again, *args, exc_info=error)

    def well(self, message: str) -> None:
        """What ``message`` tells of has gone well: its next fault is a first one again."""
        for kind in [kind for kind in self._counts if kind[0] == message]:
            del self._counts[kind]
