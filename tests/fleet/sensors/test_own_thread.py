"""Blocking reads: one at a time, and one that hangs stops nothing else."""

from __future__ import annotations

import asyncio
import threading

import pytest

from fleet.sensors.own_thread import OwnThread
from testing.waiting import eventually


async def test_results_and_errors_come_back() -> None:
    thread = OwnThread("lab")

    def fails() -> int:
        raise OSError("gone")

    assert await thread.run(lambda: 7) == 7
    with pytest.raises(OSError, match="gone"):
        await thread.run(fails)


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "sensors of stuck"]


async def test_a_call_that_hangs_keeps_one_thread_and_is_not_repeated() -> None:
    thread, go_on = OwnThread("stuck"), threading.Event()
    try:
        hanging = asyncio.ensure_future(thread.run(go_on.wait))
        await eventually(lambda: not thread.idle.is_set())
        hanging.cancel()
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await thread.run(lambda: True)
        (stuck,) = threads()
        assert stuck.daemon  # the process can end without it
    finally:
        go_on.set()
    await eventually(lambda: not threads())
    assert await thread.run(lambda: True)
