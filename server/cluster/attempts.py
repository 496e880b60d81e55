"""Work that another process of the cluster repeats where one was lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from server.cluster.errors import ProcessesLost

log = logging.getLogger(__name__)

MOST_PROCESSES: Final = 4
"""Processes that try one piece of work before it fails."""


def attempts(
    work: str, is_lost: Callable[[BaseException], bool]
) -> Iterator[AbstractContextManager[None]]:
    """One context for each attempt at ``work``, such as "spoke"; the caller leaves the loop after
    one that succeeded. A context ends an error that ``is_lost``, and passes on any other::

        for attempt in attempts("spoke", is_lost):
            with attempt:
                return speak()

    Raises:
        ProcessesLost: so many processes were lost one after the other.
    """
    lost: list[Exception] = []

    @contextmanager
    def attempt() -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if not is_lost(error):
                raise
            log.warning("a process of the cluster that %s was lost: %s", work, _first_line(error))
            lost.append(error)

    while len(lost) < MOST_PROCESSES:
        yield attempt()
    raise ProcessesLost(
        f"{MOST_PROCESSES} processes of the cluster that {work} the same were lost one after the "
        "other"
    ) from lost[-1]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
