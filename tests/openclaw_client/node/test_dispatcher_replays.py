"""A repeated command is not executed again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from openclaw_client.node.dispatcher import REPLAY_WINDOW_S, InvokeResult, ReplayCache
from openclaw_client.protocol.payloads import InvokeRequest
from testing.manual_clock import ManualClock, settle


def say(**changes: Any) -> InvokeRequest:
    base: dict[str, Any] = {
        "id": "1",
        "nodeId": "n",
        "command": "voice.say",
        "paramsJSON": '{"text": "hi"}',
        "idempotencyKey": "call_1",
        "sessionKey": "agent:jarvis:discord:dm:42",
    }
    return InvokeRequest.model_validate(base | changes)


class Bot:
    def __init__(self) -> None:
        self.times = 0
        self.done = asyncio.Event()
        self.done.set()

    async def execute(self) -> InvokeResult:
        self.times += 1
        await self.done.wait()
        return InvokeResult({"time": self.times})


async def test_the_same_command_again_gets_the_first_answer(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    first = await replays.once(say(), bot.execute)
    again = await replays.once(say(id="2"), bot.execute)
    assert first == (InvokeResult({"time": 1}), False)
    assert again == (InvokeResult({"time": 1}), True)


async def test_while_it_is_under_way_it_is_waited_for(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    bot.done.clear()
    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(replays.once(say(), bot.execute)) for _ in range(2)]
        await settle()
        bot.done.set()
    assert [task.result() for task in both] == [
        (InvokeResult({"time": 1}), False),
        (InvokeResult({"time": 1}), True),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"idempotencyKey": "call_2"},
        {"sessionKey": "agent:jarvis:discord:dm:43"},
        {"paramsJSON": '{"text": "bye"}'},
        {"command": "voice.leave"},
    ],
)
async def test_what_differs_is_another_command(clock: ManualClock, changes: dict[str, Any]) -> None:
    replays, bot = ReplayCache(clock), Bot()
    await replays.once(say(), bot.execute)
    await replays.once(say(**changes), bot.execute)
    assert bot.times == 2


async def test_without_a_key_nothing_is_the_same(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    for _ in range(2):
        await replays.once(say(idempotencyKey=None), bot.execute)
    assert bot.times == 2


async def test_after_a_while_it_is_forgotten(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    await replays.once(say(), bot.execute)
    await clock.advance(REPLAY_WINDOW_S + 1)
    await replays.once(say(), bot.execute)
    assert bot.times == 2


async def test_what_was_cancelled_was_not_done(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    bot.done.clear()
    task = asyncio.create_task(replays.once(say(), bot.execute))
    await settle()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    bot.done.set()
    assert (await replays.once(say(), bot.execute))[1] is False


async def test_a_repeated_command_gets_the_cancellation_of_the_first(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    bot.done.clear()
    first, second = (asyncio.create_task(replays.once(say(), bot.execute)) for _ in range(2))
    await settle()
    first.cancel()
    answer, replayed = await second
    assert (answer.code, replayed) == ("UNAVAILABLE", True)


async def test_no_more_than_so_many_are_kept(clock: ManualClock) -> None:
    replays, bot = ReplayCache(clock), Bot()
    for number in range(2000):
        await replays.once(say(idempotencyKey=str(number)), bot.execute)
    assert len(replays._known) <= 501
