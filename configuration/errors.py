"""The errors of this package.

SettingsError            some settings cannot be used; carries every Problem, not only the first
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used.

    ``where`` is its place in words ("config.yaml line 12: pipeline.stt.model_size"). ``details``
    are lines with the given value, the allowed values and what to do.
    """

    where: str
    details: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"  {self.where}", *(f"      {line}" for line in self.details)])


class SettingsError(Exception):
    """Some settings cannot be used. The text lists every problem and never contains a secret."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 setting cannot be used:" if count == 1 else f"{count} settings cannot be used:"
        super().__init__("\n".join([head, *map(str, self.problems)]))
