"""Wishes to forget: which lines of memory one holds for, and the file that keeps them. No I/O.

    1795788300 g7 t
    1795788412 u42

Each line is a moment (Unix time, ten digits) and tags: lines of memory that were said until then
and have all of these tags are forgotten, also those that a machine writes later because it was
offline. A wish with the same tags replaces the digits in place, so that the file does not grow, and
two programs may write it at the same time.

Lines of memory tell their minute. A wish holds until the end of its minute and one minute more,
since the clocks of machines differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from fleet.memory.entries import has_tags

WISHES_FILE: Final = ".forgotten"
"""In `memory/fleet/`, where OpenClaw does not index it."""
CLOCKS_S: Final = 60.0
"""By how much the clock of another machine may be ahead."""
_WISH: Final = re.compile(rb"(?m)^(\d{10}) ([a-z0-9-]{1,119}(?: [a-z0-9-]{1,119})*)$")
_MINUTE: Final = re.compile(r"(?:- )?(\d{4}-\d\d-\d\d \d\d:\d\d) UTC, ")
_LATEST: Final = 9_999_999_999

Wishes: TypeAlias = Mapping[tuple[str, ...], int]
"""The moment of the latest wish for each set of tags, which are in alphabetical order."""


@dataclass(frozen=True, slots=True)
class Note:
    """What to write at ``offset`` of the file, to keep a wish."""

    offset: int
    data: bytes


def wish(tags: Iterable[str], at: float) -> Wishes:
    """One wish alone."""
    return {_ordered(tags): _whole(at)}


def read_wishes(content: bytes) -> dict[tuple[str, ...], int]:
    """The wishes in the file. A line that a crash cut off is none."""
    wishes: dict[tuple[str, ...], int] = {}
    for found in _WISH.finditer(content):
        tags = _ordered(found[2].decode("ascii").split(" "))
        wishes[tags] = max(wishes.get(tags, 0), int(found[1]))
    return wishes


def note_of(content: bytes, tags: Sequence[str], at: float) -> Note | None:
    """How to keep a wish in the file; None if a later one for the same tags is there already."""
    wanted, moment = _ordered(tags), _whole(at)
    for found in _WISH.finditer(content):
        if _ordered(found[2].decode("ascii").split(" ")) == wanted:
            digits = f"{moment:010d}".encode()
            return Note(found.start(1), digits) if int(found[1]) < moment else None
    start = b"" if not content or content.endswith(b"\n") else b"\n"
    return Note(len(content), start + f"{moment:010d} {' '.join(wanted)}\n".encode())


def is_forgotten(ident: str, text: str, wishes: Wishes) -> bool:
    """Whether one of the wishes holds for a line of memory with that id."""
    return any(has_tags(ident, tags) and said_until(text, at) for tags, at in wishes.items())


def said_until(text: str, at: float) -> bool:
    """Whether a wish of that moment holds for a line by its time. One that tells no time is
    forgotten."""
    found = _MINUTE.match(text)
    return found is None or found[1] <= _minute(_whole(at) + CLOCKS_S)


def _minute(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _ordered(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(tags)))


def _whole(at: float) -> int:
    return min(max(0, math.ceil(at)), _LATEST)
