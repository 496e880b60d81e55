"""A reporter that records its messages."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from models.progress import OnProgress


class RecordingReporter:
    """``lines`` has the messages; ``progress`` has (what, total, the counts)."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.progress: list[tuple[str, int, list[int]]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    @contextlib.contextmanager
    def task(self, what: str, total: int) -> Generator[OnProgress, None, None]:
        counts: list[int] = []
        self.progress.append((what, total, counts))
        yield counts.append
