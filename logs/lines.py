"""A log record as text that cannot pass for another record.

    2026-11-21T12:22:07.512+01:00 INFO    pipeline.speaking.floor [guild 42]: the message
        Traceback (most recent call last):
        ...

Nicknames, channel names, paths and the reasons that servers give come from outside and stand in
messages and in exceptions. Whatever is not printable is escaped: control characters, line ends,
terminal sequences, marks that turn the writing direction, lone surrogates. Only a traceback has
more lines than one, and these are indented.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from datetime import UTC, datetime
from typing import Final

LONGEST: Final = 8_000
"""Characters of one line; a server's reason can be megabytes."""
LONGEST_TRACEBACK: Final = 64_000
_INDENT: Final = "    "
_SUSPECT: Final = re.compile(r"[^ -~]")
"""All but printable ASCII, which needs no second look."""


def printable(text: str) -> str:
    """``text`` on one line, with whatever is not printable escaped as Python would; cut when it is
    very long."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}... ({len(text) - LONGEST} more characters)"
    return _SUSPECT.sub(_escaped, text)


def printable_lines(text: str) -> str:
    """The same, but its line feeds stay: for a text of ours that quotes from outside."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


class LineFormatter(logging.Formatter):
    """Formats a record with its time and zone, and the place in the bot's life it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        message, where = record.getMessage(), place()
        # A message that names its place itself need not name it twice.
        shown = f" [{where}]" if where and where not in message else ""
        head = f"{_time(record)} {record.levelname:<7} {record.name}{shown}"
        lines = [printable(f"{head}: {message}")]
        if record.exc_info and record.exc_info[1] is not None:
            lines += _indented("".join(traceback.format_exception(record.exc_info[1])))
        if record.stack_info:
            lines += _indented(record.stack_info)
        return "\n".join(lines)


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC).astimezone()
    return at.isoformat(timespec="milliseconds")


def _indented(text: str) -> list[str]:
    if len(text) > LONGEST_TRACEBACK:
        half = LONGEST_TRACEBACK // 2
        text = f"{text[:half]}\n... (shortened)\n{text[-half:]}"
    return [_INDENT + printable(line) for line in text.rstrip("\n").split("\n")]


_PLACE: Final[ContextVar[str]] = ContextVar("place", default="")


def place() -> str:
    """Where we are, such as ``guild 42, turn 7 of speaker 99, agent jarvis``; empty elsewhere."""
    return _PLACE.get()


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Be there for the length of the body."""
    token = _PLACE.set(where)
    try:
        yield
    finally:
        _PLACE.reset(token)


def in_place(where: str) -> Context:
    """A context for a task or a callback that is there from its beginning."""
    context = copy_context()
    context.run(_PLACE.set, where)
    return context
