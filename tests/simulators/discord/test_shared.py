"""What all parts of one simulated Discord share."""

from __future__ import annotations

import asyncio

from simulators.discord.shared import MAX_VIOLATIONS, Counters, Timers, Violations


def test_violations_say_where_and_what_and_do_not_fill_the_memory() -> None:
    violations = Violations()
    for index in range(MAX_VIOLATIONS + 50):
        violations.add("udp", index)
    assert violations.texts[0] == "udp: 0"
    assert len(violations.texts) == MAX_VIOLATIONS
    assert violations.total == MAX_VIOLATIONS + 50


def test_only_what_happened_is_counted() -> None:
    counters = Counters()
    counters.keepalives += 2
    assert counters.nonzero() == {"keepalives": 2}


async def test_calls_happen_in_the_order_of_their_delays() -> None:
    timers, calls, done = Timers(), list[str](), asyncio.Event()
    timers.later(0.002, lambda: calls.append("second"))
    timers.later(0.004, done.set)
    timers.later(0.0, lambda: calls.append("first"))
    await asyncio.wait_for(done.wait(), 5.0)
    assert calls == ["first", "second"]


async def test_a_call_can_be_cancelled_alone_or_with_all() -> None:
    timers, calls, done = Timers(), list[str](), asyncio.Event()
    cancel = timers.later(0.0, lambda: calls.append("one"))
    cancel()
    cancel()
    timers.later(0.0, lambda: calls.append("another"))
    timers.close()
    timers.later(0.0, lambda: calls.append("too late"))
    asyncio.get_running_loop().call_later(0.005, done.set)
    await asyncio.wait_for(done.wait(), 5.0)
    assert calls == []
