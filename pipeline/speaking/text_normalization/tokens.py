"""What the scanner finds in an agent's text, piece by piece."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

PLACEHOLDER: Final = "\ue000"
"""Stands for an atom in a text that is being cut into sentences: one character, no mark."""
SILENT_PLACEHOLDER: Final = "\ue001"
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
    def placeholder(self) -> str:
        """The character that keeps its place in a sentence."""
        return (
            SILENT_PLACEHOLDER if self.kind in (AtomKind.SILENT, AtomKind.TARGET) else PLACEHOLDER
        )


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
class LeftOutBlock:
    """What stands between sentences and is only to be read: data, where footnotes lead."""

    raw: str


@dataclass(frozen=True, slots=True)
class ReasoningClosed:
    """What came before was the agent's reasoning and no part of its answer."""


Token: TypeAlias = str | Atom | Code | TableBegins | Table | LeftOutBlock | ReasoningClosed
"""A ``str`` is text to be spoken, with its line breaks."""


def escaped(character: str) -> str:
    """An ASCII character that is meant as itself and not as a mark."""
    return chr(_ESCAPED + ord(character))


ESCAPED_TO_SELF: Final = {_ESCAPED + code: chr(code) for code in range(128)}
"""For `str.translate`: escaped characters as themselves."""
ESCAPED_TO_RAW: Final = {_ESCAPED + code: "\\" + chr(code) for code in range(128)}
"""And as they were written."""


_PLACEHOLDERS: Final = (PLACEHOLDER, SILENT_PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer. ``text`` has a stand-in for each of the ``atoms``, in their order."""

    text: str
    atoms: tuple[Atom, ...] = ()

    @property
    def raw(self) -> str:
        """As it was written."""
        atoms = iter(self.atoms)
        return "".join(
            next(atoms).raw if character in _PLACEHOLDERS else character.translate(ESCAPED_TO_RAW)
            for character in self.text
        )


class Pending:
    """What has come and was not cut off yet."""

    def __init__(self) -> None:
        self.text = ""
        self._atoms: deque[Atom] = deque()

    def add(self, token: str | Atom) -> None:
        if isinstance(token, str):
            self.text += token
            return
        if token.kind is AtomKind.LINK and self.text.endswith("!"):
            # A picture; its mark ends no sentence.
            self.text = self.text[:-1]
            token = Atom(AtomKind.LINK, "!" + token.raw, token.text, token.target)
        self.text += token.placeholder
        self._atoms.append(token)

    def cut(self, end: int) -> Piece:
        """Take what stands before ``end``."""
        text, self.text = self.text[:end], self.text[end:]
        return Piece(text, tuple(self._take(text)))

    def cut_last_line(self) -> Piece:
        """Take back the line that is not ended yet, and leave those before it."""
        start = self.text.rfind("\n") + 1
        before = self.cut(start)
        line = self.cut(len(self.text))
        self.text, self._atoms = before.text, deque(before.atoms)
        return line

    def join_lines(self, at: int) -> None:
        """The line break there is within a sentence."""
        self.text = f"{self.text[:at]} {self.text[at + 1 :]}"

    def _take(self, text: str) -> Iterator[Atom]:
        for _ in range(sum(map(text.count, _PLACEHOLDERS))):
            yield self._atoms.popleft()


def piece_of(tokens: Sequence[object]) -> Piece:
    """Text and atoms as one piece."""
    pending = Pending()
    for token in tokens:
        if isinstance(token, str | Atom):
            pending.add(token)
    return pending.cut(len(pending.text))
