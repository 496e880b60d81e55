"""Which commands need a person's yes in a supervised room."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

READING: Final = frozenset(
    {"info", "list", "logs", "metrics", "read", "search", "status", "transcript"}
)
"""The last words of the names of commands that change nothing."""
ALARMS: Final = frozenset({"human.notify"})
"""Telling the owner: an alarm must not wait for a yes."""


def needs_yes(command: str, free: Collection[str] = ()) -> bool:
    """Whether a command needs a yes; ``free`` are those that do not by the settings.

    A command that is not known to read needs one.
    """
    return not (command in ALARMS or command in free or command.rpartition(".")[2] in READING)
