"""Snowflakes: Discord's ids, which carry the time they were made."""

from __future__ import annotations

import itertools
import time
from typing import Final

EPOCH_MS: Final = 1_420_070_400_000
"""The first millisecond of 2015 (Discord API reference, "Snowflakes")."""

_counter = itertools.count(1)


def snowflake() -> int:
    """A new id, unique in this process and dated now."""
    now_ms = int(time.time() * 1000) - EPOCH_MS
    return (now_ms << 22) | (next(_counter) & 0x3F_FFFF)
