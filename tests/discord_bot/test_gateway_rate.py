"""No minute has more frames to Discord's gateway than Discord allows."""

from __future__ import annotations

import asyncio

import discord
import pytest

from discord_bot.gateway_rate import MOST_FRAMES, WINDOW_S, EveryMinuteLimiter
from testing.calls import calls

pytestmark = pytest.mark.virtual_time

ALLOWED = 120


async def sent_at(limiter: EveryMinuteLimiter, frames: int) -> list[float]:
    """When each of ``frames`` frames passes that are sent at the same time, in order."""
    passed: list[float] = []

    async def send() -> None:
        await limiter.block()
        passed.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(send() for _ in range(frames)))
    return passed


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(start <= each < start + 60 for each in times) for start in times)


async def test_a_burst_across_two_windows_is_spread() -> None:
    limiter = EveryMinuteLimiter()
    times = await sent_at(limiter, 3)
    await asyncio.sleep(58)
    times += await sent_at(limiter, 100)
    await asyncio.sleep(4)
    times += await sent_at(limiter, 250)
    assert times == sorted(times)
    assert most_in_a_minute(times) <= MOST_FRAMES < ALLOWED


async def test_few_frames_do_not_wait() -> None:
    limiter = EveryMinuteLimiter()
    began = asyncio.get_running_loop().time()
    for _ in range(4):
        times = await sent_at(limiter, MOST_FRAMES // 4)
        assert times == [times[0]] * len(times)
        await asyncio.sleep(WINDOW_S / 4)
    assert asyncio.get_running_loop().time() == pytest.approx(began + WINDOW_S)
    assert not limiter.is_ratelimited()


async def test_the_limit_is_told_while_it_holds() -> None:
    limiter = EveryMinuteLimiter(count=2, per=10)
    await sent_at(limiter, 2)
    assert limiter.is_ratelimited()
    await asyncio.sleep(10)
    assert not limiter.is_ratelimited()


async def test_discord_does_not_close_the_connection_of_a_bot_that_sends_much() -> None:
    async with calls(heartbeats=False) as call:

        async def come_and_go() -> None:
            # discord.py gives a connection up that it receives nothing from for a minute.
            while True:
                await asyncio.sleep(20)
                await call.alice.join(call.room)
                await call.alice.leave()

        (shard,) = call.bot.shards.values()
        assert isinstance(shard._parent.ws._rate_limiter, EveryMinuteLimiter)
        others = asyncio.create_task(come_and_go())
        await asyncio.sleep(58)
        for burst in (100, 150):
            for number in range(burst):
                await call.bot.change_presence(activity=discord.Game(f"number {number}"))
            await asyncio.sleep(4)
        others.cancel()
        assert not call.sim.violations
