"""A connection that breaks during an answer: the run is recovered, and its text comes once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from openclaw_client import (
    MissingScope,
    OpenClawClient,
    TextDelta,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.transport.reconnecting import ConnectionState
from simulators.gateway import Failure, GatewaySimulator
from simulators.gateway.agents import Rule, ScriptedAgent
from simulators.gateway.refusal import missing_scope
from testing.gateways import TOKEN, config_for, sign_of_life
from testing.manual_clock import ManualClock, eventually, instantly, settle
from tests.openclaw_client.runs.asking import (
    LIFE,
    STORY,
    ask,
    begun,
    last,
    lose,
    reconnect,
    story,
    words_of,
)


async def rest_of(stream: AsyncGenerator[TextDelta, None]) -> str:
    """What is still to come; nothing of what came before may be taken back."""
    deltas = [delta async for delta in stream]
    assert not any(delta.replace for delta in deltas)
    return "".join(delta.text for delta in deltas)


def go_on(gateway: GatewaySimulator) -> None:
    pause = last(gateway).fault.pause
    assert pause is not None
    pause.resume()


# -- found again -----------------------------------------------------------------------------------


async def test_a_run_that_goes_on_is_said_once(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.drop_in_run(after_words=3)
    stream = story(client)
    heard = await words_of(stream, 3)
    await eventually(lambda: client.status.state is ConnectionState.WAITING)
    await reconnect(client, clock)
    assert heard + await rest_of(stream) == STORY
    assert len(gateway.runs) == 1
    assert client.stats.turns_failed == 0


async def test_a_run_that_stood_still_all_the_while(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    await reconnect(client, clock)
    await gateway.wait_for(lambda: gateway.asked("chat.history"))
    await eventually(lambda: client.stats.turns_recovered)
    go_on(gateway)
    assert "Once upon a" + await rest_of(stream) == STORY


async def test_a_run_that_ended_meanwhile(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    go_on(gateway)
    await gateway.wait_for(lambda: last(gateway).status == "ok")
    await reconnect(client, clock)
    assert "Once upon a" + await rest_of(stream) == STORY
    assert client.stats.final.count == 1
    assert await ask(client) == LIFE


async def test_a_long_answer_that_ended_meanwhile_comes_whole(clock: ManualClock) -> None:
    """The Gateway's shorter ways of telling a text cut it at 4,096 and at 8,000 characters."""
    long = " ".join(f"word{number}" for number in range(2_000))
    agent = ScriptedAgent("sage", "Sage", (Rule(".", long),), "Yes.", between_words_s=0.08)
    async with (
        GatewaySimulator(token=TOKEN, agents=[agent], sleep=instantly, clock=clock) as gateway,
        OpenClawClient(config_for(gateway.url), clock=clock) as client,
    ):
        pause = gateway.faults.pause_run(after_words=3)
        stream = story(client)
        heard = await words_of(stream, 3)
        await lose(client, gateway)
        pause.resume()
        await gateway.wait_for(lambda: last(gateway).status == "ok")
        await reconnect(client, clock)
        assert heard + await rest_of(stream) == long


async def test_a_connection_that_breaks_again_and_again(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    for method in ("chat.history", "agent.wait"):
        gateway.faults.drop_at(method)
    await lose(client, gateway)
    go_on(gateway)
    await gateway.wait_for(lambda: last(gateway).status == "ok")
    async with asyncio.timeout(5):
        while client.stats.turns_recovered == 0:
            await clock.advance(0.5)
    assert "Once upon a" + await asyncio.wait_for(rest_of(stream), 5) == STORY
    assert client.stats.connections_lost == 3


async def test_a_turn_that_never_arrived_is_sent_again(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.drop_at("chat.send")
    asking = asyncio.create_task(ask(client))
    await eventually(lambda: client.status.state is ConnectionState.WAITING)
    assert not gateway.runs
    await reconnect(client, clock)
    assert await asking == LIFE
    first, second = gateway.asked("chat.send")
    assert first == second


async def test_a_turn_that_arrived_but_was_not_confirmed_runs_once(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.send")
    pause = gateway.faults.pause_run(after_words=0)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    await lose(client, gateway)
    await reconnect(client, clock)
    pause.resume()
    assert await asking == LIFE
    assert len(gateway.runs) == 1


async def test_the_session_stays_closed_until_the_run_is_found_and_done(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    waiting = asyncio.create_task(ask(client))
    await lose(client, gateway)
    await reconnect(client, clock)
    await settle()
    assert len(gateway.runs) == 1
    go_on(gateway)
    assert "Once upon a" + await rest_of(stream) == STORY
    assert await waiting == LIFE


async def test_an_absorbed_message_is_sent_again(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    """A Gateway that was killed takes the turn up again that it was at, and what comes then."""
    gateway.faults.swallow_run()
    assert await ask(client) == LIFE
    first, second = gateway.asked("chat.send")
    assert first["idempotencyKey"] != second["idempotencyKey"]
    assert first["message"] == second["message"]
    assert (client.stats.turns_resent, client.stats.turns_recovered) == (1, 0)


async def test_a_message_absorbed_twice_is_sent_later(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    for _ in range(3):
        gateway.faults.swallow_run()
    asking = asyncio.create_task(ask(client))
    await wait_for_sending(gateway, clock, 2, due_s=1.0)
    await clock.advance(1.0)
    await wait_for_sending(gateway, clock, 3, due_s=2.0)
    await clock.advance(1.8)
    assert len(gateway.asked("chat.send")) == 3
    await clock.advance(0.2)
    assert await asking == LIFE
    assert client.stats.turns_resent == 3


async def wait_for_sending(
    gateway: GatewaySimulator, clock: ManualClock, times: int, *, due_s: float
) -> None:
    """The message was sent so often, and is to be sent again after that wait."""
    await gateway.wait_for(lambda: len(gateway.asked("chat.send")) == times)
    await eventually(lambda: due_s in clock.due_in())


async def test_a_message_absorbed_every_time_has_no_answer(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    for _ in range(4):
        gateway.faults.swallow_run()
    asking = asyncio.create_task(ask(client))
    for times, due_s in ((2, 1.0), (3, 2.0)):
        await wait_for_sending(gateway, clock, times, due_s=due_s)
        await clock.advance(due_s)
    with pytest.raises(TurnFailed, match="without an answer"):
        await asking
    assert await ask(client) == LIFE


async def test_a_run_that_is_heard_again_needs_no_history(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.history")
    stream = await begun(client, gateway)
    await lose(client, gateway)
    await reconnect(client, clock)
    await gateway.wait_for(lambda: gateway.asked("chat.history"))
    gateway._runner._delta(last(gateway), "")
    await eventually(lambda: client._gateway.turns._by_run[last(gateway).id].events_seen > 6)
    await clock.advance(10.1)
    go_on(gateway)
    assert "Once upon a" + await rest_of(stream) == STORY


# -- ended otherwise -------------------------------------------------------------------------------


async def test_a_run_that_was_stopped_meanwhile(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    gateway._runner.abort(last(gateway), "stop", keep_partial=True)
    await reconnect(client, clock)
    with pytest.raises(TurnAborted, match=r"stopped at the Gateway \(stop\)"):
        await rest_of(stream)


async def test_the_run_failed_meanwhile(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    gateway._runner._fail(last(gateway), Failure("no credit left", kind="rate_limit"))
    await reconnect(client, clock)
    with pytest.raises(TurnFailed, match="no credit left") as failed:
        await rest_of(stream)
    assert failed.value.partial == "Once upon a"


async def test_the_gateways_time_ran_out_meanwhile(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    gateway._runner._time_out(last(gateway))
    await reconnect(client, clock)
    with pytest.raises(TurnTimeout, match="the Gateway's time"):
        await rest_of(stream)


async def test_our_own_time_runs_out_while_the_gateway_is_away(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway, timeout=5)
    await gateway.go_away()
    await clock.advance(5.1)
    with pytest.raises(TurnTimeout, match="within 5 s"):
        await rest_of(stream)
    await gateway.come_back()


# -- lost ------------------------------------------------------------------------------------------


async def test_a_gateway_that_was_restarted_knows_nothing_of_it(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    async with gateway.away():
        await eventually(lambda: client.status.state is ConnectionState.WAITING)
    await reconnect(client, clock)
    with pytest.raises(TurnLost, match="the Gateway was restarted") as lost:
        await rest_of(stream)
    assert lost.value.partial == "Once upon a"
    assert client.stats.errors["TurnLost"] == 1
    assert len(gateway.asked("chat.send")) == 1, "it may have done things: it is not run again"
    assert await ask(client) == LIFE


async def test_a_gateway_that_stays_away(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await gateway.go_away()
    await eventually(lambda: client.status.state is ConnectionState.WAITING)
    await clock.advance(15.1)
    with pytest.raises(
        TurnLost, match=r"lost the answer of agent 'sage', for the connection broke.* within 15 s"
    ):
        await rest_of(stream)
    await gateway.come_back()


async def test_a_run_that_the_gateway_has_forgotten(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    last(gateway).forgotten, last(gateway).session.active = True, None
    await reconnect(client, clock)
    reading = asyncio.create_task(rest_of(stream))
    for number in range(1, 4):
        await gateway.wait_for(lambda: len(gateway.asked("agent.wait")) >= number)  # noqa: B023
        await settle()
        await clock.advance(1.1)
    with pytest.raises(TurnLost, match="does not know the run"):
        await reading


async def test_disconnecting_does_not_wait_for_a_gateway_that_is_away(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    await asyncio.wait_for(client.disconnect(), 5)
    with pytest.raises(TurnAborted, match="disconnects"):
        await rest_of(stream)
    assert not client._gateway.turns._tasks


async def test_a_closed_turn_is_aborted_over_the_next_connection(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    await lose(client, gateway)
    await stream.aclose()
    await reconnect(client, clock)
    await gateway.wait_for(lambda: gateway.asked("chat.abort"))
    assert client.stats.aborts_sent == 1


async def test_a_gateway_that_will_not_tell_has_the_run_stopped(
    client: OpenClawClient,
    gateway: GatewaySimulator,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise missing_scope("operator.read")

    stream = await begun(client, gateway)
    monkeypatch.setitem(gateway._methods._methods, "chat.history", ("operator.read", refuse))
    await lose(client, gateway)
    await reconnect(client, clock)
    with pytest.raises(MissingScope, match=r"operator\.read"):
        await rest_of(stream)
    await gateway.wait_for(lambda: gateway.asked("chat.abort"))


async def test_a_gateway_that_talks_and_gives_no_answer_loses_the_turn(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.history")
    stream = await begun(client, gateway)
    await lose(client, gateway)
    await reconnect(client, clock)
    await gateway.wait_for(lambda: gateway.asked("chat.history"))
    await clock.advance(5.0)
    await sign_of_life(client, gateway)
    await clock.advance(5.1)
    with pytest.raises(TurnLost, match=r"did not answer chat\.history"):
        await rest_of(stream)


async def test_a_connection_over_which_nothing_comes_back_is_left_for_a_new_one(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.history")
    stream = await begun(client, gateway)
    await lose(client, gateway)
    await reconnect(client, clock)
    await gateway.wait_for(lambda: gateway.asked("chat.history"))
    await clock.advance(10.1)
    await eventually(lambda: client.stats.connections_lost == 2)
    await reconnect(client, clock)
    await gateway.wait_for(lambda: len(gateway.asked("chat.history")) == 2)
    go_on(gateway)
    assert (await rest_of(stream)).endswith("over the water.")


async def test_the_end_of_a_run_that_was_lost_on_a_standing_connection_is_asked_for(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.lose_final()
    stream = story(client)
    assert await words_of(stream, 3) == "Once upon a"
    await gateway.wait_for(lambda: last(gateway).status == "ok")
    gateway.skip_events(1)
    gateway.tick()
    await eventually(lambda: client.stats.frames_missed)
    await clock.advance(1.1)
    assert (await rest_of(stream)).endswith("over the water.")
    assert client.stats.connects == 1
    assert gateway.asked("agent.wait")


async def test_a_run_that_is_heard_on_after_a_gap_is_not_asked_for(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stream = await begun(client, gateway)
    gateway.skip_events(1)
    gateway.tick()
    await eventually(lambda: client.stats.frames_missed)
    go_on(gateway)
    assert "Once upon a" + await rest_of(stream) == STORY
    await clock.advance(1.1)
    assert not gateway.asked("chat.history")
