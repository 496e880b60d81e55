"""The Markdown files of the bridge: what is in one, and what to add or to blank. No I/O.

A file only grows. A line that is forgotten is overwritten with spaces of the same length, so that
another process may append at the same time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from fleet.memory.entries import EXPLANATION, LONGEST_TEXT
from fleet.memory.wishes import Wishes, is_forgotten

ID_PATTERN: Final = r"^[a-z0-9][a-z0-9.-]{3,119}$"
_ID_AT_END: Final = re.compile(rb" \^([a-z0-9][a-z0-9.-]{3,119})[ \t\r]*$")
_OURS: Final = re.compile(rb"- \d{4}-\d\d-\d\d \d\d:\d\d UTC, ")


class MemoryLine(BaseModel):
    """A line as it is queued and sent: its id, and its text without the id."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str = Field(pattern=ID_PATTERN)
    text: str = Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\r\n\x00-\x1f]+$")

    def written(self) -> bytes:
        """The line in its file, with its end."""
        return f"- {self.text} ^{self.id}\n".encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Addition:
    """What to do with a file: cut it after ``keep`` bytes, then append ``data`` with ``fresh``
    lines that it did not have."""

    keep: int
    data: bytes
    fresh: int


def addition(content: bytes, title: str, lines: Sequence[MemoryLine]) -> Addition:
    """How to add ``lines`` to a file. A file without content begins with ``title``.

    A last line that a crash cut off is cut away; it is among ``lines`` if it is still wanted, since
    what was not written whole is delivered again.
    """
    wanted = {line.id: line.written() for line in lines}
    head = f"# {title}\n\n{EXPLANATION}\n\n".encode("utf-8", "replace")
    keep = 0 if head.startswith(content) else _whole(content, list(wanted.values()))
    known = {ident for _, _, ident in _lines(content[:keep])}
    fresh = [written for ident, written in wanted.items() if ident not in known]
    if not fresh:
        return Addition(keep, b"", 0)
    if keep:
        head = b"" if content[keep - 1 : keep] == b"\n" else b"\n"
    return Addition(keep, head + b"".join(fresh), len(fresh))


def _whole(content: bytes, wanted: Sequence[bytes]) -> int:
    """The length of the file without a last line that a crash cut off."""
    start = content.rfind(b"\n") + 1
    tail = content[start:]
    if not tail:
        return len(content)
    if any(each[:-1] != tail and each.startswith(tail) for each in wanted):
        return start
    if _ID_AT_END.search(tail) or not _OURS.match(tail):
        return len(content)  # an editor took the end of the line away
    return start


def forgotten(content: bytes, wishes: Wishes) -> list[tuple[int, int]]:
    """The places (offset, length) of the lines for which a wish holds, without their ends."""
    return [
        (start, end - start)
        for start, end, ident in _lines(content)
        if is_forgotten(ident, content[start:end].decode("utf-8", "replace"), wishes)
    ]


def _lines(content: bytes) -> Iterator[tuple[int, int, str]]:
    """The offset of the beginning and the end of each line with an id, and the id."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        if found := _ID_AT_END.search(content, start, end):
            yield start, end, found[1].decode("ascii")
        start = end + 1
