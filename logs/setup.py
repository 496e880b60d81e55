"""Logging to one handler on stderr, without the DEBUG records of libraries."""

from __future__ import annotations

import logging
from typing import Final, Literal, TextIO, TypeAlias

from logs.json_lines import json_formatter
from logs.lines import LineFormatter
from logs.speech import show_speech

OURS: Final = (
    "app",
    "bench",
    "configuration",
    "database",
    "demo",
    "discord_bot",
    "fleet",
    "logs",
    "models",
    "monitoring",
    "network",
    "openclaw_client",
    "pipeline",
    "run",
    "server",
    "simulators",
    "state",
    "tasks",
    "translations",
    "web",
)
"""The loggers that the level in the settings applies to."""

_CHATTY: Final = (
    "aiohttp.access",
    "alembic.runtime.plugins",
    "faster_whisper",
    "httpcore",
    "httpx",
    "uvicorn",
    "websockets",
)
"""Loggers with an INFO record for each request, frame, transcription or plug-in."""
LogForm: TypeAlias = Literal["text", "json"]
"""Lines for people, or one object a line for programs."""
SET_UP: Final = (*OURS, *_CHATTY)
"""The loggers whose level `set_up_logging` sets, beside the root's."""


def set_up_logging(level: str, *, form: LogForm = "text", speech: bool = False) -> None:
    """Log to stderr at ``level``, as lines of text or of JSON.

    DEBUG is for our own packages only: libraries log whole frames there, and frames have tokens
    and speech text. With ``speech``, DEBUG has what members say.
    """
    show_speech(speech)
    handler = _AnyStream()
    handler.setFormatter(json_formatter() if form == "json" else LineFormatter())
    logging.basicConfig(
        level=max(logging.getLevelNamesMapping()[level], logging.INFO),
        handlers=[handler],
        force=True,
    )
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.getLogger().level, logging.WARNING))


class _AnyStream(logging.StreamHandler[TextIO]):
    """Escapes characters that its stream's encoding lacks: not every stderr is UTF-8."""

    def format(self, record: logging.LogRecord) -> str:
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return super().format(record).encode(encoding, "backslashreplace").decode(encoding)
