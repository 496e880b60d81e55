"""Cells and rows of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as shown, and its rank value: less is better; None is not ranked."""

    text: str
    rank: float | None = None


NO_CELL: Final = Cell("–")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A name and a cell for each system."""

    name: str
    cells: tuple[Cell, ...]

    def best(self) -> float | None:
        """The rank of the best cell, where there is more than one to compare."""
        ranks = [cell.rank for cell in self.cells if cell.rank is not None]
        return min(ranks) if len(ranks) > 1 else None
