"""What outlives the bot: its files, read and written in one way, and the lock on their folder."""

from __future__ import annotations

from state.errors import FolderInUse, StateError, StateUnreadable, StateUnwritable
from state.files import create_state, put_aside, read_state, write_state
from state.lock import only_one
from state.record import Record

__all__ = [
    "FolderInUse",
    "Record",
    "StateError",
    "StateUnreadable",
    "StateUnwritable",
    "create_state",
    "only_one",
    "put_aside",
    "read_state",
    "write_state",
]
