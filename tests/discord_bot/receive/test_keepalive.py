from __future__ import annotations

import asyncio
import logging

import pytest

from discord_bot.receive.keepalive import keep_route_open


async def collect(send_fails: int = 0) -> list[bytes]:
    sent: list[bytes] = []
    enough = asyncio.Event()
    failures = iter(range(send_fails))

    def send(data: bytes) -> None:
        if next(failures, None) is not None:
            raise OSError("network is unreachable")
        sent.append(data)
        if len(sent) == 3:
            enough.set()

    task = asyncio.create_task(keep_route_open(send, lambda: True, 0.001))
    async with asyncio.timeout(5):
        await enough.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return sent


async def test_a_counter_of_eight_bytes_goes_out_again_and_again() -> None:
    assert [int.from_bytes(data, "little") for data in await collect()] == [0, 1, 2]
    assert {len(data) for data in await collect()} == {8}


async def test_a_network_that_is_down_for_a_moment_does_not_end_it() -> None:
    assert len(await collect(send_fails=2)) == 3


async def test_a_network_that_is_down_for_long_is_told_of_a_few_times(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="discord_bot")
    await collect(send_fails=300)
    assert len(caplog.messages) == 9


async def test_nothing_is_sent_while_disconnected() -> None:
    asked = asyncio.Event()
    count = 0

    def is_connected() -> bool:
        nonlocal count
        count += 1
        if count == 3:
            asked.set()
        return False

    def send(data: bytes) -> None:
        raise AssertionError("sent while disconnected")

    task = asyncio.create_task(keep_route_open(send, is_connected, 0.001))
    async with asyncio.timeout(5):
        await asked.wait()
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
