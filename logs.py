"""Logging for the operator: one handler on stderr, and never a library's DEBUG."""

from __future__ import annotations

import logging
from typing import Final

OURS: Final = (
    "app",
    "demo",
    "discord_bot",
    "doctor",
    "models",
    "openclaw_client",
    "pipeline",
    "run",
    "server",
)
"""The loggers that the level in the settings is for."""

_CHATTY: Final = ("aiohttp.access", "faster_whisper", "httpcore", "httpx", "uvicorn", "websockets")
"""They log each request, each frame or each transcription at INFO."""


def set_up_logging(level: str) -> None:
    """Log to stderr at ``level``.

    DEBUG is for our own packages alone: libraries print whole frames there, and frames carry
    tokens and what people said.
    """
    logging.basicConfig(
        level=max(logging.getLevelNamesMapping()[level], logging.INFO),
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        force=True,
    )
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.getLogger().level, logging.WARNING))
