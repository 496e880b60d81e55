"""Errors of the bot's state files.

StateError                 the text says what happened to which file, and what to do
├── StateUnreadable        the file exists, cannot be read, and was not moved
├── StateUnwritable        the file cannot be written; the earlier content is untouched
└── FolderInUse            another process holds the folder
"""

from __future__ import annotations


class StateError(Exception):
    """A state file, or the folder of the state, cannot be used."""


class StateUnreadable(StateError):
    """The file exists and cannot be read; it was not moved, and must not be overwritten.

    ``passing`` means that the file may be intact: the process or machine lacked a resource.
    ``reason`` is the fault in a few words.
    """

    def __init__(self, text: str, reason: str, *, passing: bool = False) -> None:
        super().__init__(text)
        self.reason = reason
        self.passing = passing


class StateUnwritable(StateError):
    """The file cannot be written; its earlier content is untouched."""


class FolderInUse(StateError):
    """Another process holds the folder."""
