"""Text that waits to be cut: words, and stand-ins for what is one thing with marks in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.speaking.text_normalization.tokens import (
    ESCAPED_TO_RAW,
    NOTHING,
    WORD,
    Atom,
    AtomKind,
)

_STAND_INS: Final = (WORD, NOTHING)


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
            next(atoms).raw if character in _STAND_INS else character.translate(ESCAPED_TO_RAW)
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
        self.text += token.stand_in
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
        for _ in range(sum(map(text.count, _STAND_INS))):
            yield self._atoms.popleft()


def whole(tokens: Sequence[object]) -> Piece:
    """Text and atoms as one piece."""
    pending = Pending()
    for token in tokens:
        if isinstance(token, str | Atom):
            pending.add(token)
    return pending.cut(len(pending.text))
