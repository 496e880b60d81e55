"""Readers of words for an agent's memory, of its files, and of what another machine prints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.host import read_facts
from fleet.bootstrap.target import parse_target
from fleet.memory.entries import entries, has_tags, one_line
from fleet.memory.pages import MemoryLine, addition, forgotten
from fleet.memory.wishes import is_forgotten, note_of, read_wishes, said_until, wish
from tests.outside.subject import Subject

_AT: Final = datetime(2026, 11, 27, tzinfo=UTC)
_LINE: Final = MemoryLine(id="u1.t.abcd", text="2026-11-27 14:05 UTC, Alice: words")


def _refusing(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def reader(text: str) -> None:
        with suppress(BootstrapFailed):
            read(text)

    return reader


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")


SUBJECTS: Final = (
    Subject("fleet.memory.entries:entries", lambda t: entries("o.abcd", _AT, t, t, place=t)),
    Subject("fleet.memory.entries:one_line", one_line),
    Subject("fleet.memory.entries:has_tags", lambda t: has_tags(t, ["u1"])),
    Subject("fleet.memory.pages:addition", lambda t: addition(_bytes(t), "box2", [_LINE])),
    Subject("fleet.memory.pages:forgotten", lambda t: forgotten(_bytes(t), wish(["u1"], 1.0))),
    Subject("fleet.memory.wishes:read_wishes", lambda t: read_wishes(_bytes(t))),
    Subject("fleet.memory.wishes:note_of", lambda t: note_of(_bytes(t), ["u1"], 1.0)),
    Subject("fleet.memory.wishes:wish", lambda t: wish([t], 1.0)),
    Subject("fleet.memory.wishes:is_forgotten", lambda t: is_forgotten(t, t, wish(["u1"], 1.0))),
    Subject("fleet.memory.wishes:said_until", lambda t: said_until(t, 1.0)),
    Subject("fleet.bootstrap.host:read_facts", _refusing(read_facts)),
    Subject("fleet.bootstrap.target:parse_target", _refusing(parse_target)),
)
