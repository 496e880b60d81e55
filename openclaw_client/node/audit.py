"""The audit log: a line of JSON for each command, in files that are rotated by size.

    {"at": "2026-11-20T12:22:07.512+00:00", "session": "agent:jarvis:discord:dm:42", "command":
     "voice.say", "outcome": "ok", "ms": 2310, "id": "397e..."}

``outcome`` is ``ok``, ``replayed``, ``cancelled`` or the code of the error. A command that a person
had to allow has ``approvedBy`` or ``deniedBy``. A job that a command began has two lines more, with
the image of its container: ``accepted``, and how it ended. The log holds neither arguments nor
answers, since they are people's conversations.
"""

from __future__ import annotations

import errno
import json
import logging
import logging.handlers
import os
import stat
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from logs import FaultLog
from openclaw_client.errors import AuditError
from openclaw_client.protocol.payloads import InvokeRequest
from state import put_aside

log = logging.getLogger(__name__)


class AuditLog:
    """The audit log; a context manager that opens and closes the file."""

    def __init__(self, path: Path, *, max_bytes: int, files_kept: int) -> None:
        """The file and ``files_kept`` rotated ones have up to ``max_bytes`` each."""
        self.path = path
        self._limits = (max_bytes, files_kept)
        self._handler: _PrivateLogFile | None = None

    def __enter__(self) -> Self:
        """
        Raises:
            AuditError: the file cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_unusable(self.path):
                self._put_aside("it is no file")
            try:
                self._handler = self._open_file()
            except PermissionError as error:
                self._put_aside(str(error.strerror))
                self._handler = self._open_file()
        except OSError as error:
            raise AuditError(
                f"{self.path} cannot be written ({error.strerror or error}); make its folder "
                "writable, or set openclaw.node.audit_log to another file"
            ) from error
        return self

    def _put_aside(self, why: str) -> None:
        aside = put_aside(self.path)
        log.warning("%s cannot be used (%s); it was put aside as %s", self.path, why, aside.name)

    def _open_file(self) -> _PrivateLogFile:
        max_bytes, files_kept = self._limits
        return _PrivateLogFile(self.path, max_bytes=max_bytes, files_kept=files_kept)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        handler, self._handler = self._handler, None
        if handler is not None:
            try:
                handler.close()
            except OSError as lost:
                log.error("the last commands may be missing in %s: %s", self.path, lost)

    def write(
        self,
        invocation: InvokeRequest,
        outcome: str,
        duration_s: float,
        notes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Add a line, with ``notes`` at its end. A full disk is logged and does not stop the
        command."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "session": invocation.session_key,
            "command": invocation.command,
            "outcome": outcome,
            "ms": round(duration_s * 1000),
            "id": invocation.id,
            **notes,
        }
        self._write(line)

    def write_job(
        self,
        ident: str,
        kind: str,
        session_key: str | None,
        outcome: str,
        duration_s: float,
        *,
        image: str | None = None,
    ) -> None:
        """Add a line for a job that a command began: ``accepted``, and how it ended."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "session": session_key,
            "command": f"job:{kind}",
            "outcome": outcome,
            "ms": round(duration_s * 1000),
            "id": ident,
        }
        self._write(line if image is None else {**line, "image": image})

    def _write(self, line: dict[str, Any]) -> None:
        if self._handler is not None:
            text = json.dumps(line)  # in ASCII: ids from outside may be no Unicode
            self._handler.emit(logging.makeLogRecord({"msg": text, "levelno": logging.INFO}))


class _PrivateLogFile(logging.handlers.RotatingFileHandler):
    """A rotating file with mode 0600: only the operator may read it."""

    def __init__(self, path: Path, *, max_bytes: int, files_kept: int) -> None:
        self._faults = FaultLog(log)
        super().__init__(path, maxBytes=max_bytes, backupCount=files_kept, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        def for_us_alone(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        path = self.baseFilename
        file = open(path, "a", encoding="utf-8", opener=for_us_alone)  # noqa: SIM115 - the handler's
        if _ends_mid_line(path):
            file.write("\n")  # or the next line would be lost with the one that a crash cut off
        return file

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        error = sys.exception()
        self._faults.tell(
            logging.ERROR, "a command was not written to %s", self.baseFilename, error=error
        )


def _is_unusable(path: Path) -> bool:
    """A folder, a pipe that would block, or a link to itself. A device is intended."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return error.errno == errno.ELOOP
    return not (stat.S_ISREG(mode) or stat.S_ISCHR(mode))


def _ends_mid_line(path: str) -> bool:
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:  # empty, or not ours to read
        return False
