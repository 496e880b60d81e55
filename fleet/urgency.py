"""How urgent a sensor's alert or a message to people is: one order for both and for the queue."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from fleet.outbox import ParcelPriority

UrgencyLevel: TypeAlias = Literal["low", "normal", "high", "critical"]
LEVELS: Final[tuple[UrgencyLevel, ...]] = get_args(UrgencyLevel)


def reaches(urgency: UrgencyLevel, lowest: UrgencyLevel) -> bool:
    """Whether it is at least as urgent as ``lowest``."""
    return LEVELS.index(urgency) >= LEVELS.index(lowest)


def priority_of(urgency: UrgencyLevel) -> ParcelPriority:
    """Its place where the queue on disk has to give something up."""
    return ParcelPriority[urgency.upper()]
