"""Turns that end without a whole answer, and Gateways that are unreachable or busy."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client import (
    GatewayUnreachable,
    MissingScope,
    NotConnected,
    OpenClawClient,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.transport.reconnecting import ConnectionState
from simulators.gateway import GatewaySimulator
from simulators.gateway.refusal import missing_scope
from testing.gateways import config_for, sign_of_life
from testing.manual_clock import ManualClock, eventually, settle
from tests.openclaw_client.runs.asking import (
    LIFE,
    QUESTION,
    ask,
    last,
    story,
)


async def test_time_runs_out_and_the_run_is_aborted(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.silence_run()
    asking = asyncio.create_task(ask(client, timeout=8))
    await gateway.wait_for(lambda: gateway.runs)
    await settle()
    await clock.advance(7.9)
    assert not asking.done()
    last(gateway).deadline = None  # the Gateway's own time-out does not come while it retries
    await clock.advance(0.2)
    with pytest.raises(TurnTimeout, match="'sage' did not finish within 8 s"):
        await asking
    await gateway.wait_for(lambda: last(gateway).status != "running")
    assert await ask(client) == LIFE


async def test_the_timeout_applies_without_a_reader(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    pause = gateway.faults.pause_run(after_words=2)
    stream = story(client, timeout=8)
    await anext(stream)
    await pause.reached.wait()
    await clock.advance(8.1)
    await gateway.wait_for(lambda: last(gateway).status != "running")
    assert (await anext(stream)).text == " upon"
    with pytest.raises(TurnTimeout) as late:
        await anext(stream)
    assert late.value.partial == "Once upon"


async def test_an_error_of_the_agent(client: OpenClawClient, gateway: GatewaySimulator) -> None:
    gateway.faults.fail_run("no credit left", kind="rate_limit", after_words=2)
    with pytest.raises(TurnFailed, match="agent 'sage' failed: no credit left") as failed:
        await ask(client)
    assert failed.value.kind == "rate_limit"
    assert failed.value.partial == "Life is"
    assert client.stats.errors == {"TurnFailed:rate_limit": 1}
    assert await ask(client) == LIFE


async def test_the_gateways_own_time_out_is_one_too(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.fail_run("Request timed out", kind="timeout")
    with pytest.raises(TurnTimeout, match="the Gateway's time"):
        await ask(client)


async def test_a_turn_that_was_never_confirmed_is_stopped_all_the_same(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.send")
    gateway.faults.silence_run()
    asking = asyncio.create_task(ask(client))
    await gateway.wait_for(lambda: gateway.runs)
    asking.cancel()
    await settle()
    assert not gateway.asked("chat.abort")
    await clock.advance(2.1)
    await gateway.wait_for(lambda: last(gateway).status == "aborted")


async def test_an_agent_that_is_not_there(client: OpenClawClient) -> None:
    with pytest.raises(TurnFailed, match='"nobody" no longer exists') as failed:
        await client.send_message("nobody", "Hello?", speaker="alice")
    assert failed.value.kind == "INVALID_REQUEST"


async def test_a_right_that_was_taken_away(
    client: OpenClawClient, gateway: GatewaySimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise missing_scope("operator.write")

    monkeypatch.setattr(gateway._methods, "call", refuse)
    with pytest.raises(MissingScope) as lacking:
        await ask(client)
    assert lacking.value.missing == ("operator.write",)


async def test_a_run_that_says_nothing(client: OpenClawClient, gateway: GatewaySimulator) -> None:
    gateway.faults.silence_run()
    asking = asyncio.create_task(ask(client))
    await gateway.wait_for(lambda: gateway.runs)
    payload = {"runId": last(gateway).id, "sessionKey": "s", "state": "final"}
    gateway.broadcast("chat", payload)
    assert await asking == ""
    assert client.stats.turns_failed == 0


async def sent(gateway: GatewaySimulator, times: int) -> None:
    await gateway.wait_for(lambda: len(gateway.asked("chat.send")) == times)


async def test_a_gateway_that_never_takes_the_turn_in(
    client: OpenClawClient,
    gateway: GatewaySimulator,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ponder(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setitem(gateway._methods._methods, "chat.send", ("operator.write", ponder))
    asking = asyncio.create_task(ask(client))
    for times in (1, 2):
        await sent(gateway, times)
        await clock.advance(3.0)
        await sign_of_life(client, gateway)
        await clock.advance(3.1)
    with pytest.raises(TurnLost, match=r"chat\.send within 6 s"):
        await asking
    await gateway.wait_for(lambda: gateway.asked("chat.abort"))
    await clock.advance(5.1)  # it is not there to be aborted either


async def test_a_connection_that_fell_silent_before_the_confirmation_is_left(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.send")
    pause = gateway.faults.pause_run(after_words=0)
    asking = asyncio.create_task(ask(client))
    await gateway.wait_for(lambda: gateway.runs)
    await clock.advance(6.1)
    await eventually(lambda: any(0.5 < due < 1.3 for due in clock.due_in()))
    await clock.advance(1.3)
    await gateway.wait_for(lambda: gateway.asked("chat.history"))
    pause.resume()
    assert await asking == LIFE
    assert len(gateway.runs) == 1


async def test_an_answer_is_not_cut_off_for_want_of_a_confirmation(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("chat.send")
    pause = gateway.faults.pause_run(after_words=3)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    await eventually(lambda: client.stats.first_delta.count)
    await clock.advance(3.0)
    await sign_of_life(client, gateway)
    await clock.advance(3.1)
    pause.resume()
    assert await asking == LIFE
    assert not gateway.asked("chat.abort")


async def test_a_gateway_that_takes_no_turns_at_the_moment_is_asked_again(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.refuse_turns(2, retry_after_ms=4_000)
    asking = asyncio.create_task(ask(client))
    for times in (1, 2):
        await sent(gateway, times)
        await eventually(lambda: any(3.8 < due <= 4.0 for due in clock.due_in()))
        await clock.advance(3.8)
        assert len(gateway.asked("chat.send")) == times
        await clock.advance(0.2)
    assert await asking == LIFE


async def test_a_closed_turn_is_not_sent_again(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.refuse_turns(1, retry_after_ms=4_000)
    asking = asyncio.create_task(ask(client))
    await sent(gateway, 1)
    await eventually(lambda: any(3.8 < due <= 4.0 for due in clock.due_in()))
    asking.cancel()
    await clock.advance(10.0)
    assert await ask(client) == LIFE
    assert len(gateway.asked("chat.send")) == 2
    assert not gateway.asked("chat.abort")


async def test_a_turn_is_not_sent_again_when_the_talk_has_moved_on(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.refuse_turns(1, retry_after_ms=16_000)
    with pytest.raises(TurnFailed, match="busy"):
        await ask(client)


async def test_the_gateway_restarts_in_mid_answer(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    await gateway.shut_down(restart_expected_ms=2_000)
    with pytest.raises(TurnFailed, match="draining"):
        await asking
    waiting = asyncio.create_task(ask(client))
    await settle()
    await gateway.come_back()
    await clock.advance(2.5)
    assert await asyncio.wait_for(waiting, 5) == LIFE


async def test_a_gateway_that_is_away_for_longer_than_patience(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await gateway.go_away()
    asking = asyncio.create_task(ask(client))
    while not asking.done():
        await clock.advance(1.0)
    with pytest.raises(GatewayUnreachable, match="within 15 s"):
        await asking
    await gateway.come_back()


async def test_the_time_that_a_question_has_waited_elsewhere_counts(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await gateway.go_away()
    await eventually(lambda: client.status.state is ConnectionState.WAITING)
    for _ in range(20):
        await clock.advance(1.0)
    old = client.stream(*QUESTION, speaker="alice", asked_ago_s=17.0)
    asking = asyncio.create_task(anext(old))
    await clock.advance(0.1)
    with pytest.raises(GatewayUnreachable, match=r"no connection to .* for 20 s: no answer"):
        await asking
    await gateway.come_back()


async def test_a_question_that_waited_while_all_was_well_is_not_stale(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    stream = client.stream(*QUESTION, speaker="alice", asked_ago_s=100.0)
    assert "".join([delta.text async for delta in stream]) == LIFE


async def test_turns_that_wait_in_one_session_do_not_add_up_their_patience(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await gateway.go_away()
    await eventually(lambda: client.status.state is ConnectionState.WAITING)
    asking = [asyncio.create_task(ask(client)) for _ in range(3)]
    await clock.advance(16)
    failures = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(failure) for failure in failures] == [GatewayUnreachable] * 3
    assert client.stats.errors["GatewayUnreachable"] >= 3
    await gateway.come_back()


async def test_of_too_many_waiting_turns_the_oldest_is_dropped(
    client: OpenClawClient, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await gateway.go_away()
    await eventually(lambda: client.status.state is ConnectionState.WAITING)
    asking = []
    for number in range(34):
        asking.append(asyncio.create_task(ask(client, speaker=f"person-{number}")))
        await settle()
    await gateway.come_back()
    await clock.advance(2)
    answers = await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 5)
    assert [type(answer) for answer in answers] == [GatewayUnreachable] * 2 + [str] * 32
    assert "the oldest was dropped" in str(answers[0])
    assert client.stats.turns_evicted == 2


async def test_before_connect_and_after_disconnect(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    client = OpenClawClient(config_for(gateway.url), clock=clock)
    with pytest.raises(NotConnected, match="call connect"):
        await ask(client)
    await client.connect()
    await client.disconnect()
    with pytest.raises(NotConnected):
        await ask(client)


async def test_disconnecting_aborts_what_runs(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=1)
    asking = asyncio.create_task(ask(client))
    await pause.reached.wait()
    await client.disconnect()
    assert last(gateway).status == "aborted"
    with pytest.raises(TurnAborted, match="disconnects"):
        await asking
    assert not client._gateway.turns._tasks
