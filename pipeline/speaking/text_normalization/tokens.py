"""What the scanner finds in an agent's text, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

WORD: Final = "\ue000"
"""Stands for an atom in a text that is being cut into sentences: one character, no mark."""
NOTHING: Final = "\ue001"
"""Stands there for an atom without a sound."""
_ESCAPED: Final = 0xE100


class AtomKind(Enum):
    """What an atom is."""

    SILENT = auto()
    """Not spoken, and not missed: an emoji of the server, the number of a footnote or a source."""
    CODE = auto()
    LINK = auto()
    """``text`` is what stands for it, ``target`` where it leads."""
    TARGET = auto()
    """Where the words that follow lead, without a sound of its own."""
    URL = auto()
    MATH = auto()
    SPOILER = auto()
    PERSON = auto()
    """``target`` is an id of Discord's, as in the next two."""
    CHANNEL = auto()
    ROLE = auto()
    COMMAND = auto()
    TIME = auto()
    """``target`` is in seconds since 1970, ``text`` the letter of Discord's for how to show it."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A part of a sentence that is one thing, whatever marks are in it. ``raw`` is as written."""

    kind: AtomKind
    raw: str
    text: str = ""
    target: str = ""

    @property
    def stand_in(self) -> str:
        """The character that keeps its place in a sentence."""
        return NOTHING if self.kind in (AtomKind.SILENT, AtomKind.TARGET) else WORD


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code in the programming language ``name``, which may be empty."""

    name: str
    body: tuple[str, ...]
    raw: str
    """With its fences."""


@dataclass(frozen=True, slots=True)
class TableBegins:
    """The line that has been given out is the start of a table's first row, which follows whole."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, as written."""

    rows: tuple[str, ...]

    @property
    def raw(self) -> str:
        return "\n".join(self.rows)


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands between sentences and is only to be read: data, where footnotes lead."""

    raw: str


@dataclass(frozen=True, slots=True)
class AllWasReasoning:
    """What came before was the agent's reasoning and no part of its answer."""


Token: TypeAlias = str | Atom | Code | TableBegins | Table | Aside | AllWasReasoning
"""A ``str`` is text to be spoken, with its line breaks."""


def escaped(character: str) -> str:
    """An ASCII character that is meant as itself and not as a mark."""
    return chr(_ESCAPED + ord(character))


ESCAPED_TO_SELF: Final = {_ESCAPED + code: chr(code) for code in range(128)}
"""For `str.translate`: escaped characters as themselves."""
ESCAPED_TO_RAW: Final = {_ESCAPED + code: "\\" + chr(code) for code in range(128)}
"""And as they were written."""
