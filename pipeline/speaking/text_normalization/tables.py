"""A markdown table as sentences: "Name: Ada, Age: 36."."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

_BAR: Final = re.compile(r"(?<!\\)\|")
_DASHES: Final = re.compile(r"\s*:?-+:?\s*")
LONGEST_ROW: Final = 500


def table_rows(
    rows: Sequence[str], limit: int, spoken: Callable[[str], str]
) -> tuple[list[str], int]:
    """Up to ``limit`` rows as sentences, and how many are left; ``spoken`` says what is in a cell.

    Raises:
        ValueError: there are no rows.
    """
    if not rows:
        raise ValueError("a table has at least one row")
    cells = [_cells(row) for row in rows[: limit + 2]]
    head: list[str] = []
    count = len(rows)
    if len(cells) > 1 and all(_DASHES.fullmatch(cell) for cell in cells[1]):
        head, cells, count = [spoken(cell) for cell in cells[0]], cells[2:], count - 2
    read = cells[:limit]
    sentences = [_row(head, [spoken(cell) for cell in row]) for row in read]
    return [each for each in sentences if each], max(0, count - len(read))


def _cells(row: str) -> list[str]:
    bare = row[:LONGEST_ROW].strip()
    bare = bare.removeprefix("|")
    if not bare.endswith("\\|"):
        bare = bare.removesuffix("|")
    return [cell.strip() for cell in _BAR.split(bare)]


def _row(head: list[str], row: list[str]) -> str:
    named = [
        f"{head[column].rstrip(':')}: {cell}" if column < len(head) and head[column] else cell
        for column, cell in enumerate(row)
        if cell
    ]
    return ", ".join(named).rstrip(".") + "." if named else ""
