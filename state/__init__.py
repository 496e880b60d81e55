"""The bot's persistent state: its files, written atomically, and the lock on their folder."""

from __future__ import annotations

from state.errors import FolderInUse, StateError, StateUnreadable, StateUnwritable
from state.files import StateFile, create_state, put_aside, read_state, write_state
from state.lock import only_one

__all__ = [
    "FolderInUse",
    "StateError",
    "StateFile",
    "StateUnreadable",
    "StateUnwritable",
    "create_state",
    "only_one",
    "put_aside",
    "read_state",
    "write_state",
]
