"""What speech leaves out of an answer, kept as it was written for those who can read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.speaking.text_normalization.tokens import Atom, AtomKind, Piece

LONGEST_CODE: Final = 100
"""Code within a line that is longer than this is named and not read."""
_MOST_POSTED_CHARS: Final = 60_000
"""Characters that are kept to be posted; an agent that never ends is not to flood a channel."""
_CUT: Final = "\n(…)"


class LeftOut:
    """The parts of one answer to be read, each once and in their order."""

    def __init__(self) -> None:
        self._parts: dict[str, None] = {}
        self._rest: list[str] = []
        self._chars = 0

    def is_full(self) -> bool:
        """Whether no more is kept."""
        return self._chars >= _MOST_POSTED_CHARS

    def add(self, parts: Iterable[str]) -> None:
        """Take parts that were left out of what is spoken."""
        for part in parts:
            if part not in self._parts and not self.is_full():
                self._chars += len(part)
                self._parts[part] = None

    def add_to_rest(self, raw: str) -> None:
        """Take what stands behind the last word that is spoken."""
        if not self.is_full():
            self._rest.append(raw[: _MOST_POSTED_CHARS - self._chars])
            self._chars += len(raw)
            if self.is_full():
                self._rest.append(_CUT)

    def parts(self, *, include_parts: bool) -> list[str]:
        """What to post; the rest of an answer also where other parts are not wanted."""
        rest = "".join(self._rest).strip()
        parts = list(self._parts) if include_parts else []
        return [*parts, rest] if rest else parts


def left_out_of(piece: Piece) -> list[str]:
    """What of a sentence is lost to those who only hear it: where its links lead, or all of it."""
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
