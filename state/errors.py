"""What can go wrong with the bot's files.

StateError                 the text says what happened to which file, and what to do
├── StateUnreadable        it is there, cannot be read, and stays where it is
├── StateUnwritable        it cannot be written; what was there before is untouched
└── FolderInUse            another process holds the folder
"""

from __future__ import annotations


class StateError(Exception):
    """A file of the bot's state, or their folder, cannot be used."""


class StateUnreadable(StateError):
    """It is there, cannot be read, and stays where it is: it must not be written over.

    ``passing`` tells that the file itself may be sound: this process or machine was out of
    something. ``reason`` is what is wrong with it, in a few words.
    """

    def __init__(self, text: str, reason: str, *, passing: bool = False) -> None:
        super().__init__(text)
        self.reason = reason
        self.passing = passing


class StateUnwritable(StateError):
    """It cannot be written; what was there before is untouched."""


class FolderInUse(StateError):
    """Another process holds the folder."""
