"""What sensors report: values with a name, a unit and a time; and what a source of them is.

A source is an object with a ``name`` and ``read()``. One that needs a connection or a device is an
async context manager too: it is entered with the sampler. One that learns of changes by itself has
``on_change``, which the sampler sets, and calls it to be read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Reading:
    """One value. ``sensor`` is its name, such as ``gpu0.temperature``; ``at`` is Unix time."""

    sensor: str
    value: float
    unit: str
    at: float
    words: str = ""
    """What is shown instead of the number, such as ``open``."""
    guild_id: int | None = None
    """The Discord server that it belongs to: sessions of other servers do not see it."""

    @property
    def text(self) -> str:
        """Value and unit, such as ``91 C`` or ``3 people``, or the words."""
        if self.words:
            return self.words
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
        """The present values. It must not block the event loop (`OwnThread`).

        Raises:
            SensorUnavailable: there are none.
        """
        ...


@runtime_checkable
class NotifyingSource(Protocol):
    """A source that knows when its values change."""

    on_change: Callable[[], None] | None
    """Called on the event loop; None until the sampler reads the source."""
