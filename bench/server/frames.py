"""How late the bot's 20 ms frames are beside its own speech server, within the bot and apart.

A clock on the event loop stands for what the bot receives, one in a thread for what it plays.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from app.speech_server import OwnServer, own_server
from bench.server.server_process import ended
from pipeline.latency import percentile
from settings import Settings

FRAME_S: Final = 0.02
_SETTLE_S: Final = 2.0
LOADS: Final = ("idle", "speech", "flood")


@dataclass
class Lateness:
    """How late the frames of one case were, in ms."""

    on_loop: list[float] = field(default_factory=list)
    in_thread: list[float] = field(default_factory=list)

    def numbers(self) -> dict[str, Any]:
        """The percentiles for the report."""
        return {
            "frames": len(self.on_loop),
            **_percentiles("loop", self.on_loop),
            **_percentiles("thread", self.in_thread),
        }


async def frames_beside_the_server(
    settings: Settings, seconds: float, rounds: int
) -> Mapping[str, Lateness]:
    """The lateness by case, such as "apart, speech", measured in ``rounds`` of mixed order."""
    found: dict[str, Lateness] = {}
    async with AsyncExitStack() as stack:
        servers: dict[str, OwnServer] = {}
        for where, apart in (("within", False), ("apart", True)):
            server = settings.server.model_copy(update={"own_process": apart})
            own = own_server(settings.model_copy(update={"server": server}))
            servers[where] = await stack.enter_async_context(own)
        await asyncio.sleep(_SETTLE_S)
        cases = [*itertools.product(servers, LOADS)]
        for _ in range(rounds):
            random.shuffle(cases)
            for where, load in cases:
                lateness = found.setdefault(f"{where}, {load}", Lateness())
                await _measure(lateness, servers[where].url, load, seconds)
    return found


async def _measure(lateness: Lateness, url: str, load: str, seconds: float) -> None:
    with ExitStack() as stack:
        if load != "idle":
            stack.enter_context(ended([sys.executable, "-m", "bench.server.load", url, load]))
            await asyncio.sleep(_SETTLE_S)
        thread = threading.Thread(target=_clock, args=(seconds, lateness.in_thread))
        thread.start()
        await _loop_clock(seconds, lateness.on_loop)
        thread.join()


async def _loop_clock(seconds: float, late_ms: list[float]) -> None:
    due = time.perf_counter() + FRAME_S
    for _ in range(int(seconds / FRAME_S)):
        await asyncio.sleep(due - time.perf_counter())
        late_ms.append((time.perf_counter() - due) * 1000)
        due = max(due, time.perf_counter() - FRAME_S) + FRAME_S


def _clock(seconds: float, late_ms: list[float]) -> None:
    due = time.perf_counter() + FRAME_S
    for _ in range(int(seconds / FRAME_S)):
        time.sleep(max(0.0, due - time.perf_counter()))
        late_ms.append((time.perf_counter() - due) * 1000)
        due = max(due, time.perf_counter() - FRAME_S) + FRAME_S


def _percentiles(name: str, values: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(percentile(values, 50), 1),
        f"{name}_p99_ms": round(percentile(values, 99), 1),
        f"{name}_max_ms": round(max(values), 1),
        f"{name}_over_20_ms": sum(value > 20 for value in values),
    }
