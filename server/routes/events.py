"""Server-sent events in OpenAI's form: one JSON object each, which has its type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

EVENTS: Final = "text/event-stream"
"""The content type."""


def event(content: Mapping[str, Any]) -> bytes:
    """One event as it is sent."""
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode()
