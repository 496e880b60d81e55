"""Stopped turns have their runs aborted at the Gateway, whatever happens in between."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing

import pytest

from openclaw_client import OpenClawClient, TurnAborted
from simulators.gateway import GatewaySimulator
from testing.manual_clock import ManualClock, eventually, settle
from tests.openclaw_client.runs.asking import LIFE, ask, last, story


async def test_closing_the_stream_aborts_the_run(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    async with aclosing(story(client)) as stream:
        await anext(stream)
        await pause.reached.wait()
    await gateway.wait_for(lambda: last(gateway).status == "aborted")
    (abort,) = gateway.asked("chat.abort")
    assert abort == {"sessionKey": "agent:sage:discord:dm:alice", "runId": last(gateway).id}
    assert client.stats.aborts_sent == 1


async def test_cancelling_the_reader_aborts_the_run(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    reading = asyncio.create_task(ask(client))
    await pause.reached.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await gateway.wait_for(lambda: last(gateway).status == "aborted")


async def test_walking_away_from_the_stream_aborts_the_run(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=2)

    async def hear_a_word() -> str:
        async for delta in story(client):
            return delta.text
        return ""

    assert await hear_a_word() == "Once"
    await pause.reached.wait()
    gc.collect()
    await gateway.wait_for(lambda: last(gateway).status == "aborted")


async def test_a_turn_given_up_before_it_was_sent_is_not_sent(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    running = asyncio.create_task(ask(client))
    await pause.reached.wait()
    waiting = asyncio.create_task(ask(client))
    await settle()
    waiting.cancel()
    await settle()
    pause.resume()
    assert await running == LIFE
    assert len(gateway.asked("chat.send")) == 1
    assert not gateway.asked("chat.abort")


async def test_an_abort_does_not_overtake_its_own_turn(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    """Cancelled while `chat.send` is on its way, the run must end all the same."""
    pause = gateway.faults.pause_run(after_words=1)
    asking = asyncio.create_task(ask(client))
    await eventually(lambda: client.stats.turns_started)
    await asyncio.sleep(0)
    asking.cancel()
    await eventually(lambda: not client._gateway.turns._turns)
    assert not gateway.runs or last(gateway).status == "aborted"
    assert not pause.reached.is_set() or last(gateway).status == "aborted"


async def test_an_abort_that_finds_nothing_is_asked_again(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    run = last(gateway)
    run.session.active = None  # as if the Gateway had not quite taken it in
    asking.cancel()
    await gateway.wait_for(lambda: gateway.asked("chat.abort"))
    await settle()
    run.session.active = run
    await eventually(lambda: clock.due_in()[0] <= 0.25)
    await clock.advance(0.3)
    await gateway.wait_for(lambda: run.status == "aborted")
    assert len(gateway.asked("chat.abort")) == 2


async def test_an_abort_that_is_never_answered_frees_the_session_in_the_end(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    last(gateway).session.active = None  # the abort finds nothing to stop, and goes unanswered
    gateway.faults.leave_unanswered("chat.abort")
    asking.cancel()
    await gateway.wait_for(lambda: gateway.asked("chat.abort"))
    next_one = asyncio.create_task(ask(client))
    await settle()
    assert len(gateway.runs) == 1
    await clock.advance(5.1)
    assert await asyncio.wait_for(next_one, 5) == LIFE
    assert client.stats.aborts_failed == 1


async def test_another_client_stops_the_run(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    gateway._runner.abort(last(gateway), "stop", keep_partial=True)
    with pytest.raises(TurnAborted, match=r"stopped at the Gateway \(stop\)") as aborted:
        await asking
    assert aborted.value.partial == "Life is"
