"""Lines that wait for a session's next turn, such as a node's notifications. No I/O.

The rules are those of OpenClaw 2026.9.6: twenty lines a session, the oldest dropped; a line that
waits already under the same key is not added again.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

MOST_LINES: Final = 20
_LONGEST_TEXT: Final = 120


class Notification(BaseModel):
    """The payload of the event ``notifications.changed``."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", strict=True, frozen=True)

    change: str
    key: str
    session_key: str = "agent:main:main"
    package_name: str | None = None
    title: str = ""
    text: str = ""

    def line(self, node_id: str) -> str:
        """What the agent reads."""
        package = f" package={self.package_name}" if self.package_name else ""
        line = f"Notification {self.change} (node={node_id} key={self.key}{package})"
        parts = [part for part in (_compact(self.title), _compact(self.text)) if part]
        return line + (f": {' - '.join(parts)}" if self.change == "posted" and parts else "")


class SystemEvents:
    """The waiting lines of all sessions."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[tuple[str, str]]] = {}

    def post(self, node_id: str, notification: Notification) -> None:
        """Add a notification to its session."""
        lines = self._lines.setdefault(notification.session_key, deque(maxlen=MOST_LINES))
        entry = notification.key, notification.line(node_id)
        if entry not in lines:
            lines.append(entry)

    def take(self, session_key: str) -> str:
        """The lines of a session, which its turn has then, each as ``System: [...] ...``."""
        lines = self._lines.pop(session_key, ())
        return "".join(f"System: [now] {line}\n" for _, line in lines)


def _compact(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_TEXT else f"{plain[: _LONGEST_TEXT - 1]}…"
