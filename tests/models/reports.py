"""A reporter that keeps what it is told."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from models.progress import Done


class KeptReports:
    """``lines`` as they were said; ``progress`` as (what, total, the counts)."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.progress: list[tuple[str, int, list[int]]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    @contextlib.contextmanager
    def task(self, what: str, total: int) -> Generator[Done, None, None]:
        counts: list[int] = []
        self.progress.append((what, total, counts))
        yield counts.append
