"""One connection: the handshake, requests, and what may go wrong on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from openclaw_client.errors import (
    GatewayRefused,
    GatewayUnreachable,
    MissingScope,
    ProtocolViolation,
    RequestFailed,
)
from openclaw_client.protocol.frames import Event
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.connection import GatewayConnection, Liveness, open_connection
from simulators.gateway import GatewaySimulator
from testing.gateways import (
    CHALLENGE,
    TOKEN,
    config_for,
    greet,
    hello,
    odd_gateway,
    say,
)
from testing.manual_clock import ManualClock, eventually, settle


async def open_to(url: str, clock: ManualClock | None = None, **settings: Any) -> GatewayConnection:
    return await open_connection(
        config_for(url, **settings), "instance", clock or ManualClock(), GatewayStats()
    )


class Serving:
    """A connection whose events are kept, and whose end is awaited."""

    def __init__(self, connection: GatewayConnection) -> None:
        self.connection = connection
        self.events: list[Event] = []
        self.task = asyncio.create_task(connection.serve(self.events.append))

    async def hears(self, name: str, times: int) -> None:
        await eventually(lambda: sum(e.event == name for e in self.events) >= times)


@asynccontextmanager
async def serving(url: str, clock: ManualClock) -> AsyncIterator[Serving]:
    one = Serving(await open_to(url, clock))
    try:
        yield one
    finally:
        await one.connection.close()
        await one.task


async def test_the_handshake(gateway: GatewaySimulator, clock: ManualClock) -> None:
    async with serving(gateway.url, clock) as one:
        assert one.connection.hello.auth.scopes == ["operator.read", "operator.write"]
        await gateway.wait_for(lambda: gateway.connected == 1)


async def test_a_wrong_token_is_refused_and_not_repeated(gateway: GatewaySimulator) -> None:
    with pytest.raises(GatewayRefused, match="OPENCLAW_AUTH_TOKEN") as refused:
        await open_to(gateway.url, auth_token="hunter2")
    assert refused.value.code == "AUTH_TOKEN_MISMATCH"
    assert not refused.value.heals
    assert "hunter2" not in str(refused.value)


async def test_fewer_scopes_than_asked_are_an_error() -> None:
    """As from another machine without a device key: let in, with no rights, and no word."""
    async with GatewaySimulator(token=TOKEN, remote=True) as distant:
        with pytest.raises(MissingScope, match=r"operator\.write.*granted: nothing"):
            await open_to(distant.url)


async def test_a_gateway_that_is_starting_says_when_to_come_again(
    gateway: GatewaySimulator,
) -> None:
    gateway.faults.refuse_connects(1)
    with pytest.raises(GatewayRefused, match="starting") as refused:
        await open_to(gateway.url)
    assert refused.value.heals
    assert refused.value.retry_after_s == 0.5


async def test_events_before_the_answer_are_passed_over() -> None:
    async def behave(connection: ServerConnection) -> None:
        await say(connection, CHALLENGE)
        request = json.loads(await connection.recv())
        await say(connection, {"type": "event", "event": "health", "payload": {}})
        await say(connection, {"type": "res", "id": request["id"], "ok": True, "payload": hello()})
        await connection.wait_closed()

    async with odd_gateway(behave) as url:
        connection = await open_to(url)
        assert connection.hello.server.version == "2026.9.6"
        await connection.close()


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"ok": False}, ProtocolViolation, "without an error"),
        ({"ok": True, "payload": {"type": "hello-ok"}}, ProtocolViolation, "hello-ok"),
        ({"ok": True, "payload": hello(protocol=5)}, GatewayRefused, "speaks protocol 5"),
    ],
)
async def test_answers_that_are_no_hello(
    answer: dict[str, Any], error: type[Exception], words: str
) -> None:
    async def behave(connection: ServerConnection) -> None:
        await greet(connection, answer)
        await connection.wait_closed()

    async with odd_gateway(behave) as url:
        with pytest.raises(error, match=words):
            await open_to(url)


async def test_a_websocket_server_that_is_no_gateway() -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.send('{"type":"event","event":"welcome"}')
        await connection.wait_closed()

    async with odd_gateway(behave) as url:
        with pytest.raises(ProtocolViolation, match="no OpenClaw Gateway"):
            await open_to(url)


async def test_a_server_that_hangs_up_in_the_handshake() -> None:
    async def behave(connection: ServerConnection) -> None:
        await say(connection, CHALLENGE)
        await connection.close(1013, "come later")

    async with odd_gateway(behave) as url:
        with pytest.raises(GatewayUnreachable, match="closed with 1013 come later"):
            await open_to(url)


async def test_a_server_that_says_nothing() -> None:
    clock = ManualClock()
    silent = asyncio.Event()

    async def behave(connection: ServerConnection) -> None:
        silent.set()
        await connection.wait_closed()

    async with odd_gateway(behave) as url:
        opening = asyncio.create_task(open_to(url, clock, connect_timeout_s=7))
        await silent.wait()
        await clock.advance(7.1)
        with pytest.raises(GatewayUnreachable, match="within 7 s"):
            await opening


async def test_requests_are_answered_in_any_order(clock: ManualClock) -> None:
    async def behave(connection: ServerConnection) -> None:
        await greet(connection)
        requests = [json.loads(await connection.recv()) for _ in range(2)]
        for request in reversed(requests):
            answer = {"ok": True, "payload": request["method"]}
            await say(connection, {"type": "res", "id": request["id"], **answer})
        await connection.wait_closed()

    async with odd_gateway(behave) as url, serving(url, clock) as one:
        first = asyncio.create_task(one.connection.request("first", {}))
        await settle()
        assert await one.connection.request("second", {}) == "second"
        assert await first == "first"


async def test_an_error_answer_names_the_method(gateway: GatewaySimulator) -> None:
    async with serving(gateway.url, ManualClock()) as one:
        with pytest.raises(RequestFailed, match=r"no\.such: missing scope") as failed:
            await one.connection.request("no.such", {})
    assert failed.value.code == "FORBIDDEN"
    assert failed.value.details["missingScope"] == "operator.admin"


async def test_no_answer_in_time(gateway: GatewaySimulator, clock: ManualClock) -> None:
    gateway.faults.leave_unanswered("agents.list")
    async with serving(gateway.url, clock) as one:
        asking = asyncio.create_task(one.connection.request("agents.list", {}, timeout_s=3))
        await gateway.wait_for(lambda: gateway.asked("agents.list"))
        await clock.advance(3.1)
        with pytest.raises(GatewayUnreachable, match=r"agents\.list within 3 s"):
            await asking


async def test_a_broken_connection_answers_everyone(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.leave_unanswered("agents.list")
    async with serving(gateway.url, clock) as one:
        asking = asyncio.create_task(one.connection.request("agents.list", {}))
        await gateway.wait_for(lambda: gateway.asked("agents.list"))
        gateway.drop_connections()
        with pytest.raises(GatewayUnreachable, match=r"no answer to agents\.list"):
            await asking
        assert await one.task == "no closing handshake"
        with pytest.raises(GatewayUnreachable, match="was not sent"):
            await one.connection.request("agents.list", {})
        assert one.connection.ended


async def test_the_close_code_is_the_reason(gateway: GatewaySimulator, clock: ManualClock) -> None:
    async with serving(gateway.url, clock) as one:
        await gateway.wait_for(lambda: gateway.connected)
        await gateway.close_connections(1008, "slow consumer")
        assert await one.task == "closed with 1008 slow consumer"


async def test_rubbish_is_counted_and_survived(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    stats = GatewayStats()
    connection = await open_connection(config_for(gateway.url), "i", clock, stats)
    events: list[Event] = []
    task = asyncio.create_task(connection.serve(events.append))
    await gateway.wait_for(lambda: gateway.connected)
    for text in ("rubbish", "{}", '{"type":"req","id":"1","method":"connect"}'):
        await gateway.send_text(text)
    gateway.tick()
    await eventually(lambda: any(event.event == "tick" for event in events))
    assert stats.frames_bad == 3
    assert await connection.request("agents.list", {})
    await connection.close()
    await task


async def test_answers_to_nothing_are_passed_over(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    async with serving(gateway.url, clock) as one:
        await gateway.wait_for(lambda: gateway.connected)
        await gateway.send_text('{"type":"res","id":"77","ok":true}')
        assert await one.connection.request("agents.list", {})


async def test_lost_events_are_counted(gateway: GatewaySimulator, clock: ManualClock) -> None:
    stats = GatewayStats()
    connection = await open_connection(config_for(gateway.url), "i", clock, stats)
    events: list[Event] = []
    task = asyncio.create_task(connection.serve(events.append))
    await gateway.wait_for(lambda: gateway.connected)
    gateway.skip_events(5)
    gateway.tick()
    await eventually(lambda: any(event.event == "tick" for event in events))
    assert stats.frames_missed == 5
    await connection.close()
    await task


async def test_two_missed_ticks_end_the_connection(clock: ManualClock) -> None:
    async def behave(connection: ServerConnection) -> None:
        await greet(connection)
        await connection.wait_closed()

    async with odd_gateway(behave) as url, serving(url, clock) as one:
        await settle()
        await clock.advance(59.0)
        assert not one.connection.ended
        await clock.advance(2.0)
        assert await one.task == "closed with 4000: no frame for two ticks"


async def test_ticks_keep_it_alive(gateway: GatewaySimulator, clock: ManualClock) -> None:
    async with serving(gateway.url, clock) as one:
        for ticks in range(1, 5):
            await clock.advance(30.0)
            await one.hears("tick", ticks)
        assert not one.connection.ended


def test_two_missed_ticks_are_the_end() -> None:
    liveness = Liveness(30.0, now=100.0)
    assert liveness.remaining_s(159.0) == pytest.approx(1.0)
    assert liveness.remaining_s(160.0) <= 0


def test_any_frame_is_a_sign_of_life() -> None:
    liveness = Liveness(30.0, now=100.0)
    liveness.heard(150.0)
    assert liveness.remaining_s(160.0) == pytest.approx(50.0)


def test_what_came_after_a_question_is_a_sign_of_life_too() -> None:
    liveness = Liveness(30.0, 0.0)
    liveness.heard(10.0)
    assert liveness.heard_after(9.0)
    assert not liveness.heard_after(10.0)
