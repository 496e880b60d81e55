"""Keeping the UDP route open.

Discord stops forwarding to a client that has sent nothing for some minutes, and discord.py sends
nothing while it does not play.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from logs import FaultLog

log = logging.getLogger(__name__)


async def keep_route_open(
    send: Callable[[bytes], None], is_connected: Callable[[], bool], period_s: float
) -> None:
    """Send a counter of 8 bytes every ``period_s``, for ever."""
    faults, count = FaultLog(log), 0
    while True:
        await asyncio.sleep(period_s)
        if not is_connected():
            continue
        try:
            send(count.to_bytes(8, "little"))
        except OSError as e:
            faults.tell(logging.DEBUG, "UDP keepalive not sent: %s", e)
        count += 1
