"""What a speech server says when it refuses, in one line fit for a log."""

from __future__ import annotations

import contextlib
import json
from typing import Final

_LONGEST: Final = 200


def server_message(body: bytes) -> str:
    """The message in the error bodies of OpenAI, FastAPI and others; else the text itself.

    One line of at most 200 characters, "no message" for an empty body.
    """
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = _find(json.loads(text)) or text
    line = " ".join(text.split())
    if len(line) > _LONGEST:
        return line[: _LONGEST - 3] + "..."
    return line or "no message"


def without_secret(text: str, secret: str | None) -> str:
    """``text`` with every occurrence of ``secret`` blotted out: some servers echo the key."""
    return text.replace(secret, "***") if secret else text


def _find(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, (_find(item) for item in value)))
    if isinstance(value, dict):
        for key in ("message", "msg", "error", "detail"):
            if found := _find(value.get(key)):
                where = value.get("loc")
                return f"{where[-1]}: {found}" if isinstance(where, list) and where else found
    return ""
