from __future__ import annotations

import asyncio

from simulators.discord.timers import Timers


async def test_calls_happen_in_the_order_of_their_delays() -> None:
    timers, calls, done = Timers(), list[str](), asyncio.Event()
    timers.later(0.002, lambda: calls.append("second"))
    timers.later(0.004, done.set)
    timers.later(0.0, lambda: calls.append("first"))
    await asyncio.wait_for(done.wait(), 2.0)
    assert calls == ["first", "second"]


async def test_a_call_can_be_called_off_alone_or_with_all() -> None:
    timers, calls, done = Timers(), list[str](), asyncio.Event()
    off = timers.later(0.0, lambda: calls.append("one"))
    off()
    off()
    timers.later(0.0, lambda: calls.append("another"))
    timers.close()
    timers.later(0.0, lambda: calls.append("too late"))
    asyncio.get_running_loop().call_later(0.005, done.set)
    await asyncio.wait_for(done.wait(), 2.0)
    assert calls == []
