"""What was commanded: a line of JSON each, in files that are put aside when they grow.

    {"at": "2026-11-20T12:22:07.512+00:00", "session": "agent:jarvis:discord:dm:42", "command":
     "voice.say", "outcome": "ok", "ms": 2310, "id": "397e..."}

``outcome`` is ``ok``, ``replayed``, ``cancelled`` or the code of the error. Neither arguments nor
answers are in it: they are what people say to each other.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from openclaw_client.errors import AuditError
from openclaw_client.node.invocation import Invocation

log = logging.getLogger(__name__)


class AuditLog:
    """Opened by entering it, and closed by leaving it."""

    def __init__(self, path: Path, *, max_bytes: int, files_kept: int) -> None:
        """The file and ``files_kept`` that were put aside have up to ``max_bytes`` each."""
        self.path = path
        self._limits = (max_bytes, files_kept)
        self._handler: _PrivateFile | None = None

    def __enter__(self) -> Self:
        """
        Raises:
            AuditError: the file cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            max_bytes, files_kept = self._limits
            self._handler = _PrivateFile(
                self.path, maxBytes=max_bytes, backupCount=files_kept, encoding="utf-8"
            )
        except OSError as error:
            raise AuditError(
                f"{self.path} cannot be written ({error.strerror or error}); make its folder "
                "writable, or set openclaw.node.audit_log to another file"
            ) from error
        return self

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

    def write(self, invocation: Invocation, outcome: str, duration_s: float) -> None:
        """Add a line. A disk that is full is told of in the log, and keeps nobody from speaking."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "session": invocation.session_key,
            "command": invocation.command,
            "outcome": outcome,
            "ms": round(duration_s * 1000),
            "id": invocation.id,
        }
        if self._handler is not None:
            text = json.dumps(line, ensure_ascii=False)
            self._handler.emit(logging.makeLogRecord({"msg": text, "levelno": logging.INFO}))


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """Whose sessions command what is for the operator's eyes alone."""

    def _open(self) -> TextIOWrapper:
        def for_us_alone(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding=self.encoding, opener=for_us_alone)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        log.exception("a command was not written to %s", self.baseFilename)
