"""How many frames the bot may send to Discord's gateway.

Discord closes a connection that sends more than 120 frames within a minute (gateway documentation,
"Rate Limiting"; close code 4008), which interrupts every call of the shard. discord.py 2.7 counts
in windows that begin with a frame, so two full windows may lie within one minute: when many calls
come back after an outage, for example. Here every minute counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final

import discord.gateway
from discord.gateway import GatewayRatelimiter

log = logging.getLogger(__name__)

MOST_FRAMES: Final = 110
"""Frames within `WINDOW_S`; the other ten are for heartbeats, which are not counted."""
WINDOW_S: Final = 61.0
"""A minute, and a second because frames may be delayed on their way and arrive together."""


class EveryMinuteLimiter(GatewayRatelimiter):
    """Lets `MOST_FRAMES` frames pass in any `WINDOW_S` seconds; the others wait in their order."""

    def __init__(self, count: int = MOST_FRAMES, per: float = WINDOW_S) -> None:
        super().__init__(count, per)
        self._sent: deque[float] = deque(maxlen=count)

    def is_ratelimited(self) -> bool:
        return self._wait_s() > 0

    async def block(self) -> None:
        async with self.lock:
            while (wait_s := self._wait_s()) > 0:
                log.warning(
                    "shard %s has sent %d frames to Discord's gateway within a minute: "
                    "the next one waits for %.0f s",
                    self.shard_id,
                    self.max,
                    wait_s,
                )
                await asyncio.sleep(wait_s)
            self._sent.append(asyncio.get_running_loop().time())

    def _wait_s(self) -> float:
        if len(self._sent) < self.max:
            return 0.0
        return self._sent[0] + self.per - asyncio.get_running_loop().time()


def limit_gateway_frames() -> None:
    """Use the limiter for every client of this process, from its next connection on."""
    vars(discord.gateway)["GatewayRatelimiter"] = EveryMinuteLimiter
