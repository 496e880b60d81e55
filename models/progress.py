"""What a fetch tells who waits for it: on a terminal a bar, elsewhere a line now and then."""

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

Done: TypeAlias = Callable[[int], None]
"""Called with the bytes that are there so far."""

_LINE_EVERY_PERCENT: Final = 25


class Reporter(Protocol):
    """Where the news of a fetch goes."""

    def say(self, line: str) -> None: ...

    def task(self, what: str, total: int) -> AbstractContextManager[Done]:
        """One download of ``total`` bytes, from its start to the end of the block."""
        ...


class LogReporter:
    """Into the log, for the bot that runs as a service."""

    def say(self, line: str) -> None:
        log.info("%s", line)

    def task(self, what: str, total: int) -> AbstractContextManager[Done]:
        return _lines(what, total, self.say)


class ConsoleReporter:
    """Onto ``console``: a bar where it is a terminal, lines where it is a pipe or a log."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def task(self, what: str, total: int) -> AbstractContextManager[Done]:
        if self._console.is_terminal:
            return self._bar(what, total)
        return _lines(what, total, self.say)

    @contextlib.contextmanager
    def _bar(self, what: str, total: int) -> Generator[Done, None, None]:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.update(task, completed=done)


@contextlib.contextmanager
def _lines(what: str, total: int, say: Callable[[str], None]) -> Generator[Done, None, None]:
    said = 0

    def done(count: int) -> None:
        nonlocal said
        percent = 100 * count // max(total, 1)
        step = percent - percent % _LINE_EVERY_PERCENT
        if step > said:
            said = step
            say(f"{what}: {step} % of {megabytes(total)}")

    say(f"{what}: {megabytes(total)}")
    yield done


def megabytes(count: int) -> str:
    """Bytes for people, for example ``8.7 MB``."""
    return f"{count / 1e6:.1f} MB"
