"""A model of data that is kept in one file, and goes on in memory where the file cannot be used."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from logs import FaultLog
from state.errors import StateError, StateUnreadable
from state.files import read_state, write_state

log = logging.getLogger(__name__)

M = TypeVar("M", bound=BaseModel)


class Record(Generic[M]):
    """``value`` is the data; `save` writes it after a change.

    ``what`` names the data in the log, such as "what guilds choose". Without a ``file`` the data
    ends with the process; so it does, after a line in the log, where the file cannot be used.
    """

    def __init__(self, file: Path | None, empty: M, what: str) -> None:
        self._file = file
        self._not_kept = f"{what} could not be kept, and ends with the bot: %s"
        self._faults = FaultLog(log)
        self.value = self._read(empty)

    def save(self) -> None:
        """Write the data; a failure is told, and costs only what outlives the process."""
        if self._file is None:
            return
        content = self.value.model_dump_json(indent=2) + "\n"
        try:
            write_state(self._file, content.encode())
        except StateError as error:
            self._faults.tell(logging.WARNING, self._not_kept, error)
        else:
            self._faults.well(self._not_kept)

    def _read(self, empty: M) -> M:
        if self._file is None:
            return empty
        try:
            return read_state(self._file, type(empty).model_validate_json) or empty
        except StateUnreadable as error:
            log.warning(self._not_kept, error)
            self._file = None  # it must not be written over
            return empty
