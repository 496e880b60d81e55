"""What is personal in the database: where it is, what, why it is kept, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from database.tables import Base, Personal

KEY: Final = "personal"


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column with data about a member."""

    table: str
    column: str
    about: Personal


def personal_columns() -> Iterator[PersonalColumn]:
    """Every column with data about a member, in the order of the tables' names."""
    for name, table in sorted(Base.metadata.tables.items()):
        for column in table.columns:
            about = column.info.get(KEY)
            if isinstance(about, Personal):
                yield PersonalColumn(name, column.name, about)
