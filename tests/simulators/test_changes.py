from __future__ import annotations

import asyncio

import pytest

from simulators.changes import Changes
from simulators.discord import TimedOut


async def test_every_waiter_looks_again_at_each_change() -> None:
    changes, seen = Changes(), [0]
    waiters = [
        asyncio.create_task(
            changes.until(lambda n=n: seen[0] if seen[0] >= n else None, 2.0, f"{n}")  # type: ignore[misc]
        )
        for n in (1, 3)
    ]
    for value in (1, 2, 3):
        await asyncio.sleep(0)
        seen[0] = value
        changes.notify()
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiters) == [1, 3]


async def test_zero_is_something_found() -> None:
    assert await Changes().until(lambda: 0, 1.0, "a number") == 0


async def test_what_did_not_happen_is_named() -> None:
    with pytest.raises(TimedOut, match=r"a miracle: not within 0\.01 s"):
        await Changes(TimedOut).until(lambda: None, 0.01, "a miracle")


async def test_an_error_while_looking_reaches_the_waiter() -> None:
    with pytest.raises(ZeroDivisionError):
        await Changes().until(lambda: 1 // 0, 1.0, "a quotient")
