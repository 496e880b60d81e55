"""The simulated Discord's time: its loop's, which may jump (testing/jumping_loop.py)."""

from __future__ import annotations

import asyncio


def now() -> float:
    """Seconds; on an ordinary loop ``time.monotonic()``."""
    return asyncio.get_running_loop().time()
