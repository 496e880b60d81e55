"""The parts of an answer that speech leaves out, kept as written for the text channel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.speaking.text_normalization.tokens import Atom, AtomKind, Piece

LONGEST_CODE: Final = 100
"""Longest inline code that is read out; longer code is only named."""
_MOST_POSTED_CHARS: Final = 60_000
"""Characters that are kept; an endless answer must not flood the channel."""
_CUT: Final = "\n(…)"


class LeftOut:
    """The parts of one answer to post, each once and in order."""

    def __init__(self) -> None:
        self._parts: dict[str, None] = {}
        self._rest: list[str] = []
        self._chars = 0

    def is_full(self) -> bool:
        """Whether further parts are discarded."""
        return self._chars >= _MOST_POSTED_CHARS

    def add(self, parts: Iterable[str]) -> None:
        """Keep parts that speech left out."""
        for part in parts:
            if part not in self._parts and not self.is_full():
                self._chars += len(part)
                self._parts[part] = None

    def add_to_rest(self, raw: str) -> None:
        """Keep text after the last spoken word."""
        if not self.is_full():
            self._rest.append(raw[: _MOST_POSTED_CHARS - self._chars])
            self._chars += len(raw)
            if self.is_full():
                self._rest.append(_CUT)

    def parts(self, *, include_parts: bool) -> list[str]:
        """What to post: the parts if ``include_parts``, and always the rest after the last word."""
        rest = "".join(self._rest).strip()
        parts = list(self._parts) if include_parts else []
        return [*parts, rest] if rest else parts


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
