"""The log of a job: text that is read by cursors, bounded, with its end kept.

A cursor is the number of bytes since the begin of the log. The log is a folder of segments, named
by the cursor of their first byte; the oldest are removed when all have too many bytes.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SEGMENT_BYTES: Final = 64 * 1024
_SUFFIX: Final = ".log"


@dataclass(frozen=True, slots=True)
class LogPage:
    """A part of a log. ``cursor`` is where the next page begins."""

    text: str
    cursor: int
    skipped: int
    """Bytes before this page that are no longer kept."""
    more: bool
    """Whether there is already more."""


class JobLog:
    """The segments in one folder. Its methods do file I/O of at most some 64 KB."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self._most_bytes = max(most_bytes, 2 * SEGMENT_BYTES)

    @property
    def first_segment(self) -> Path:
        """The file that a process writes to by itself; then nothing may be appended here."""
        return self.folder / _name(0)

    def end(self) -> int:
        """The cursor behind the last byte."""
        segments = self._segments()
        return segments[-1][0] + segments[-1][2] if segments else 0

    def append(self, data: bytes) -> None:
        """Add to the end.

        Raises:
            OSError: the disk does not take it.
        """
        segments = self._segments()
        start, path, size = segments[-1] if segments else (0, self.first_segment, 0)
        if size >= SEGMENT_BYTES:
            start, path, size = start + size, self.folder / _name(start + size), 0
            segments.append((start, path, 0))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(data)
        kept = sum(each[2] for each in segments) + len(data)
        for _, oldest, bytes_ in segments[:-1]:
            if kept <= self._most_bytes:
                break
            oldest.unlink(missing_ok=True)
            kept -= bytes_

    def read(self, cursor: int, most_bytes: int) -> LogPage:
        """The page that begins at ``cursor``, or at the oldest byte that is kept.

        ``most_bytes`` of it are returned at most, and 4 at least.

        Raises:
            OSError: the log cannot be read.
        """
        segments = self._segments()
        first = segments[0][0] if segments else 0
        end = segments[-1][0] + segments[-1][2] if segments else 0
        at = min(max(cursor, first), end)
        data = b""
        for start, path, size in segments:
            if start + size > at + len(data) and len(data) < max(most_bytes, 4):
                with path.open("rb") as file:
                    file.seek(at + len(data) - start)
                    data += file.read(min(max(most_bytes, 4) - len(data), start + size - at))
        text, used = text_of(data, whole=at + len(data) >= end)
        return LogPage(text, at + used, max(0, at - cursor), at + used < end)

    def _segments(self) -> list[tuple[int, Path, int]]:
        """Start, file and size of each segment, in order."""
        if not self.folder.is_dir():
            return []
        return sorted(
            (int(path.stem), path, path.stat().st_size)
            for path in self.folder.glob(f"*{_SUFFIX}")
            if path.stem.isdigit()
        )


def text_of(data: bytes, *, whole: bool) -> tuple[str, int]:
    """The text of UTF-8 ``data``, and the bytes that it has.

    A character whose last bytes are missing at the end is left, unless ``whole`` says that there
    are no further ones. Bytes that are no UTF-8 become U+FFFD.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data, final=whole)
    return text, len(data) - len(decoder.getstate()[0])


def _name(start: int) -> str:
    return f"{start:012d}{_SUFFIX}"
