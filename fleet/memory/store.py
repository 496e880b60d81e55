"""Where the lines of memory go: into the workspace's folder, or to the Gateway's plugin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from fleet.memory.pages import MemoryLine
from openclaw_client.node.tool_names import tool_prefix

MOST_LINES: Final = 30
"""Lines in one request."""
MOST_FILE_BYTES: Final = 1_000_000
"""Of one machine and day."""
FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}\.md")
_ID_CHARS: Final = 6


@dataclass(frozen=True, slots=True)
class Appended:
    """How many lines were added, how many the file had already, and how many are forgotten."""

    appended: int
    skipped: int
    forgotten: int = 0


class MemoryStore(Protocol):
    """One agent's ``memory/fleet/``."""

    async def append(self, file: str, title: str, lines: Sequence[MemoryLine]) -> Appended:
        """Add the lines that the file does not have and that no wish forgets, all or none.

        Raises:
            MemoryUnwritable: repeat it later.
            MemoryRefused: repeating it does not help.
        """
        ...

    async def forget(self, tags: Sequence[str], at: float) -> int:
        """Remove the lines of all machines whose ids have all of the tags and that were said until
        ``at``, in Unix time; returns how many. Such lines are not added later either.

        Raises:
            MemoryUnwritable: repeat it later; some lines may be removed.
            MemoryRefused: repeating it does not help.
        """
        ...


def file_name(machine: str, device_id: str, day: str) -> str:
    """The file of a machine and day, such as ``box2-3f2a9c-2026-11-27.md``. ``device_id`` keeps
    machines of one name apart."""
    name = tool_prefix(machine).rstrip("_").replace("_", "-")
    return f"{name}-{device_id[:_ID_CHARS].lower()}-{day}.md"
