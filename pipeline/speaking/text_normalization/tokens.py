"""The tokens that the scanner finds in an agent's text, and the text that waits to be cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

PLACEHOLDER: Final = "\ue000"
"""Takes the place of an atom while its text is cut into sentences: one character, no markup."""
SILENT_PLACEHOLDER: Final = "\ue001"
"""Takes the place of an atom that is not spoken."""
_PLACEHOLDERS: Final = (PLACEHOLDER, SILENT_PLACEHOLDER)
_ESCAPED: Final = 0xE100
"""Where escaped ASCII characters are mapped in Unicode's private use area."""
LONGEST_CODE: Final = 100
"""Longest inline code that is read out; longer code is only named."""


class AtomKind(Enum):
    """The kinds of atoms."""

    SILENT = auto()
    """Not spoken and not posted: a custom emoji, the number of a footnote or a source."""
    CODE = auto()
    LINK = auto()
    """``text`` is the link's text, ``target`` its address."""
    TARGET = auto()
    """The address of the words that follow; not spoken."""
    URL = auto()
    MATH = auto()
    SPOILER = auto()
    PERSON = auto()
    """``target`` is a Discord id, as in the next two."""
    CHANNEL = auto()
    ROLE = auto()
    COMMAND = auto()
    TIME = auto()
    """``target`` is a Unix time, ``text`` the letter of a Discord timestamp style."""


@dataclass(frozen=True, slots=True)
class Atom:
    """An indivisible part of a sentence, whatever markup it holds. ``raw`` is as written."""

    kind: AtomKind
    raw: str
    text: str = ""
    target: str = ""

    @property
    def placeholder(self) -> str:
        """The character that takes its place in a sentence."""
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
    """The line emitted last belongs to a table, whose rows follow as a `Table`."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, as written."""

    rows: tuple[str, ...]

    @property
    def raw(self) -> str:
        return "\n".join(self.rows)


@dataclass(frozen=True, slots=True)
class LeftOutBlock:
    """A block between sentences that is posted and not spoken: data, definitions of footnotes."""

    raw: str


@dataclass(frozen=True, slots=True)
class ReasoningClosed:
    """All text before was the agent's reasoning, and no part of its answer."""


Token: TypeAlias = str | Atom | Code | TableBegins | Table | LeftOutBlock | ReasoningClosed
"""A ``str`` is text to speak, with its line breaks."""


def escaped(character: str) -> str:
    """The character that replaces an escaped ASCII character, which is no markup."""
    return chr(_ESCAPED + ord(character))


ESCAPED_TO_SELF: Final = {_ESCAPED + code: chr(code) for code in range(128)}
"""For `str.translate`: escaped characters without their backslash."""
ESCAPED_TO_RAW: Final = {_ESCAPED + code: "\\" + chr(code) for code in range(128)}
"""For `str.translate`: escaped characters as they were written."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer. ``text`` has a placeholder for each of the ``atoms``, in order."""

    text: str
    atoms: tuple[Atom, ...] = ()

    @property
    def raw(self) -> str:
        """The part as written."""
        atoms = iter(self.atoms)
        return "".join(
            next(atoms).raw if character in _PLACEHOLDERS else character.translate(ESCAPED_TO_RAW)
            for character in self.text
        )


class Pending:
    """Scanned text that is not cut into sentences yet."""

    def __init__(self) -> None:
        self.text = ""
        self._atoms: deque[Atom] = deque()

    def add(self, token: str | Atom) -> None:
        if isinstance(token, str):
            self.text += token
            return
        if token.kind is AtomKind.LINK and self.text.endswith("!"):
            # An image: its exclamation mark does not end a sentence.
            self.text = self.text[:-1]
            token = Atom(AtomKind.LINK, "!" + token.raw, token.text, token.target)
        self.text += token.placeholder
        self._atoms.append(token)

    def cut(self, end: int) -> Piece:
        """Remove and return the text before ``end``."""
        text, self.text = self.text[:end], self.text[end:]
        return Piece(text, tuple(self._pop_atoms(text)))

    def cut_last_line(self) -> Piece:
        """Remove and return the last line, which is incomplete."""
        start = self.text.rfind("\n") + 1
        before = self.cut(start)
        line = self.cut(len(self.text))
        self.text, self._atoms = before.text, deque(before.atoms)
        return line

    def join_lines(self, at: int) -> None:
        """Replace the line break at ``at`` with a space."""
        self.text = f"{self.text[:at]} {self.text[at + 1 :]}"

    def _pop_atoms(self, text: str) -> Iterator[Atom]:
        for _ in range(sum(map(text.count, _PLACEHOLDERS))):
            yield self._atoms.popleft()


def piece_of(tokens: Sequence[object]) -> Piece:
    """The text and the atoms among ``tokens`` as one piece."""
    pending = Pending()
    for token in tokens:
        if isinstance(token, str | Atom):
            pending.add(token)
    return pending.cut(len(pending.text))


def left_out_of(piece: Piece) -> list[str]:
    """The parts of a sentence that a listener misses: the addresses of its links, or all of it."""
    if any(_is_summarised(atom) for atom in piece.atoms):
        return [piece.raw.strip()]
    targets = (_target(atom) for atom in piece.atoms)
    return [target for target in targets if target]


def _is_summarised(atom: Atom) -> bool:
    if atom.kind is AtomKind.MATH:
        return len(atom.text) > 2
    if atom.kind is AtomKind.CODE:
        return len(atom.text) > LONGEST_CODE
    return atom.kind is AtomKind.SPOILER


def _target(atom: Atom) -> str:
    match atom.kind:
        case AtomKind.LINK:
            return atom.raw if atom.target else ""
        case AtomKind.URL:
            return "" if atom.target.startswith("mailto:") else atom.raw
        case AtomKind.TARGET:
            return atom.target
        case _:
            return ""
