"""Log records as lines of text, each with the place that it is about.

    2026-11-21T12:22:07.512+01:00 INFO    pipeline.speaking.floor [guild 42]: the message
        Traceback (most recent call last):
        ...

Nicknames, channel names, paths and servers' reasons come from outside and are quoted in messages.
So that they cannot imitate another record, all that is not printable is escaped: control
characters, line ends, terminal sequences, marks of writing direction, lone surrogates. Only a
traceback has more than one line, and these are indented.
"""

from __future__ import annotations

import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Final

from logs.place import place

LONGEST: Final = 8_000
"""Characters in one line; a server's reason can have megabytes."""
LONGEST_TRACEBACK: Final = 64_000
_INDENT: Final = "    "
_SUSPECT: Final = re.compile(r"[^ -~]")
"""Anything but printable ASCII; only that is checked character by character."""


def printable(text: str) -> str:
    """``text`` on one line: escaped as Python does where not printable, and cut at `LONGEST`."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}... ({len(text) - LONGEST} more characters)"
    return _SUSPECT.sub(_escaped, text)


def printable_lines(text: str) -> str:
    """As `printable`, but with its line feeds: for our own text that quotes from outside."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


class LineFormatter(logging.Formatter):
    """Formats a record with its time, time zone and place."""

    def format(self, record: logging.LogRecord) -> str:
        message, where = record.getMessage(), place()
        # A message that names its place does not need it twice.
        shown = f" [{where}]" if where and where not in message else ""
        head = f"{time_of(record)} {record.levelname:<7} {record.name}{shown}"
        lines = [printable(f"{head}: {message}")]
        if record.exc_info and record.exc_info[1] is not None:
            lines += _indented("".join(traceback.format_exception(record.exc_info[1])))
        if record.stack_info:
            lines += _indented(record.stack_info)
        return "\n".join(lines)


def time_of(record: logging.LogRecord) -> str:
    """When it was written: ISO 8601 with milliseconds and this machine's time zone."""
    at = datetime.fromtimestamp(record.created, UTC).astimezone()
    return at.isoformat(timespec="milliseconds")


def shortened(text: str, longest: int) -> str:
    """``text`` without its middle where it has more than ``longest`` characters."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n... (shortened)\n{text[-half:]}"


def _indented(text: str) -> list[str]:
    text = shortened(text, LONGEST_TRACEBACK)
    return [_INDENT + printable(line) for line in text.rstrip("\n").split("\n")]
