"""Progress of a download: a bar on a terminal, elsewhere a line at each quarter."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import Final, Protocol, TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

log = logging.getLogger(__name__)

OnProgress: TypeAlias = Callable[[int], None]
"""Called with the number of bytes received so far."""

_LINE_EVERY_PERCENT: Final = 25


class Reporter(Protocol):
    """Shows messages and the progress of downloads."""

    def say(self, line: str) -> None: ...

    def task(self, what: str, total: int) -> AbstractContextManager[OnProgress]:
        """One download of ``total`` bytes, for the length of the block."""
        ...


class LogReporter:
    """Reports to the log, for the bot as a service."""

    def say(self, line: str) -> None:
        log.info("%s", line)

    def task(self, what: str, total: int) -> AbstractContextManager[OnProgress]:
        return _lines(what, total, self.say)


class ConsoleReporter:
    """Reports to ``console``: a bar if it is a terminal, lines if it is a pipe or a file."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def task(self, what: str, total: int) -> AbstractContextManager[OnProgress]:
        if self._console.is_terminal:
            return self._bar(what, total)
        return _lines(what, total, self.say)

    @contextlib.contextmanager
    def _bar(self, what: str, total: int) -> Generator[OnProgress, None, None]:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda received: progress.update(task, completed=received)


@contextlib.contextmanager
def _lines(what: str, total: int, say: Callable[[str], None]) -> Generator[OnProgress, None, None]:
    reported = 0

    def on_progress(received: int) -> None:
        nonlocal reported
        percent = 100 * received // max(total, 1)
        step = percent - percent % _LINE_EVERY_PERCENT
        if step > reported:
            reported = step
            say(f"{what}: {step} % of {megabytes(total)}")

    say(f"{what}: {megabytes(total)}")
    yield on_progress


def megabytes(count: int) -> str:
    """A number of bytes as text, for example ``8.7 MB``."""
    return f"{count / 1e6:.1f} MB"
