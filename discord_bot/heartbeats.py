"""The threads in which discord.py sends the heartbeats of its websockets.

discord.py 2.7 stops a thread when its websocket closes, but does not wait for its end. A thread
that wakes up at that moment sends once more, to an event loop that may be closed by then: an error
with a traceback while the bot ends.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Final

from discord.gateway import KeepAliveHandler

_PATIENCE_S: Final = 5.0
"""A thread ends within milliseconds unless it waits for a websocket that cannot send."""
_POLL_S: Final = 0.005


async def end_heartbeats() -> None:
    """Stop every heartbeat of the running loop and wait until its thread has ended.

    Call it after the last websocket was closed, and before the loop is.
    """
    loop = asyncio.get_running_loop()
    threads = [
        thread
        for thread in threading.enumerate()
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is loop
    ]
    for thread in threads:
        thread.stop()
    # A heartbeat in progress needs the loop, so nothing here may block it.
    until = time.monotonic() + _PATIENCE_S
    while any(map(threading.Thread.is_alive, threads)) and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(_POLL_S)
