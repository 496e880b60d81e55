"""What blocks the event loop is named. These tests block it, and need real time."""

from __future__ import annotations

import asyncio
import inspect
import logging
import subprocess
import time
from functools import partial

import pytest

from monitoring.event_loop import LoopWatch, Stall

STALL_MS = 60


class Seen:
    def __init__(self) -> None:
        self.delays: list[float] = []
        self.stalls: list[Stall] = []

    def delayed(self, seconds: float) -> None:
        self.delays.append(seconds)

    def stalled(self, stall: Stall) -> None:
        self.stalls.append(stall)


def block_the_loop(seconds: float) -> int:
    """Blocks, and returns the number of the line that does."""
    lines, first = inspect.getsourcelines(block_the_loop)
    time.sleep(seconds)
    return first + next(n for n, line in enumerate(lines) if line.strip() == "time.sleep(seconds)")


async def blocked_until_seen(seen: Seen, stalls: int) -> int:
    """Block until the watch has seen it: a busy machine may stop its thread too."""
    line = 0
    for _ in range(20):
        await asyncio.sleep(0.03)
        line = block_the_loop(3 * STALL_MS / 1000)
        if len(seen.stalls) >= stalls:
            return line
    return line


async def test_the_line_that_blocks_is_logged_once_and_counted_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen = Seen()
    watch = LoopWatch(STALL_MS, seen)
    watch.start()
    try:
        with caplog.at_level(logging.WARNING, logger="monitoring.event_loop"):
            line = await blocked_until_seen(seen, stalls=1)
            await blocked_until_seen(seen, stalls=2)
            await asyncio.sleep(0.05)
    finally:
        watch.close()
    stall = seen.stalls[0]
    assert (stall.file, stall.line) == ("tests/monitoring/test_event_loop.py", line)
    assert stall.function == "block_the_loop"
    assert "blocked_until_seen" in stall.stack
    ours = [each for each in caplog.records if "block_the_loop" in each.getMessage()]
    (record,) = ours
    assert f"test_event_loop.py, line {line}" in record.getMessage()
    assert record.stack_info is not None
    assert "time.sleep(seconds)" in record.stack_info
    assert max(seen.delays) > STALL_MS / 1000


async def test_a_library_that_blocks_is_named_and_not_who_started_the_loop() -> None:
    """Also where it waits in a selector of its own, as `subprocess` does."""
    seen = Seen()
    watch = LoopWatch(STALL_MS, seen)
    watch.start()
    loop = asyncio.get_running_loop()
    wait = partial(subprocess.run, ["sleep", "0.3"], capture_output=True, check=False)
    for _ in range(10):
        await asyncio.sleep(0.03)
        loop.call_soon(wait)
        await asyncio.sleep(0)
        if any("in communicate" in stall.stack for stall in seen.stalls):
            break
    watch.close()
    stall = next(each for each in seen.stalls if "in communicate" in each.stack)
    assert stall.file.endswith("selectors.py")


async def test_a_loop_that_waits_is_not_blocked() -> None:
    seen = Seen()
    watch = LoopWatch(20, seen)
    watch.start()
    await asyncio.sleep(0.2)
    watch.close()
    assert [stall for stall in seen.stalls if stall.file.startswith("tests/monitoring")] == []
    assert seen.delays


async def test_without_a_limit_only_the_delays_are_measured() -> None:
    seen = Seen()
    watch = LoopWatch(0, seen)
    watch.start()
    await asyncio.sleep(0.3)
    watch.close()
    assert seen.delays
    assert watch._thread is None


@pytest.mark.virtual_time
async def test_in_virtual_time_it_does_nothing() -> None:
    seen = Seen()
    watch = LoopWatch(STALL_MS, seen)
    watch.start()
    await asyncio.sleep(3600)
    watch.close()
    assert (seen.delays, seen.stalls) == ([], [])
