"""What sensors report: numbers with a name, a unit and a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reading:
    """One value. ``sensor`` is its name, such as ``gpu0.temperature``; ``at`` is Unix time."""

    sensor: str
    value: float
    unit: str
    at: float

    @property
    def text(self) -> str:
        """Value and unit, such as ``91 C`` or ``3 people``."""
        number = f"{self.value:.1f}".removesuffix(".0")
        return f"{number}%" if self.unit == "%" else f"{number} {self.unit}".rstrip()


class SensorUnavailable(Exception):
    """A source cannot be read now; the text says why, and what to do."""


class SensorSource(Protocol):
    """A group of sensors that are read together."""

    @property
    def name(self) -> str:
        """For messages and the settings, such as ``gpu``."""
        ...

    async def read(self) -> Sequence[Reading]:
        """The present values.

        Raises:
            SensorUnavailable: there are none.
        """
        ...
