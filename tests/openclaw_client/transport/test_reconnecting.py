"""The reconnecting connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from openclaw_client.errors import (
    GatewayRefused,
    GatewayUnreachable,
    NotConnected,
    ProtocolViolation,
)
from openclaw_client.protocol.frames import Event
from openclaw_client.transport import reconnecting as link_module
from openclaw_client.transport.connection import GatewayConnection, open_connection
from openclaw_client.transport.reconnecting import ConnectionState, ReconnectingConnection
from simulators.gateway import GatewaySimulator
from simulators.gateway.refusal import Refusal
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, eventually, settle
from testing.ports import closed_port

WRONG_KEY = Refusal("INVALID_REQUEST", "go away", {"code": "AUTH_TOKEN_MISMATCH"})


class RecordingListener:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.lost: list[str] = []
        self.missed = 0

    def on_event(self, event: Event) -> None:
        self.events.append(event)

    def on_events_lost(self) -> None:
        self.missed += 1

    def on_connection_lost(self, why: str) -> None:
        self.lost.append(why)


def middling() -> float:
    """No jitter."""
    return 0.5


@pytest.fixture
async def reconnecting(
    gateway: GatewaySimulator, clock: ManualClock
) -> AsyncIterator[ReconnectingConnection]:
    one = ReconnectingConnection(config_for(gateway.url), clock=clock, chance=middling)
    yield one
    await one.close()


async def up(reconnecting: ReconnectingConnection) -> GatewayConnection:
    reconnecting.start()
    return await asyncio.wait_for(reconnecting.ready(5.0), 5)


def state_is(reconnecting: ReconnectingConnection, state: ConnectionState) -> Callable[[], bool]:
    return lambda: reconnecting.status.state is state


async def test_up(reconnecting: ReconnectingConnection, gateway: GatewaySimulator) -> None:
    assert reconnecting.status.state is ConnectionState.IDLE
    await up(reconnecting)
    status = reconnecting.status
    assert status.state is ConnectionState.UP
    assert status.url == gateway.url
    assert status.server_version == "2026.9.6-simulated"
    assert status.scopes == ("operator.read", "operator.write")
    assert status.problem is None


async def test_nothing_without_a_start(reconnecting: ReconnectingConnection) -> None:
    with pytest.raises(NotConnected, match="call connect"):
        await reconnecting.ready(5.0)


async def test_starting_twice_connects_once(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    reconnecting.start()
    await up(reconnecting)
    await settle()
    assert gateway.handshakes == 1


async def test_a_dropped_connection_comes_back(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    listener = RecordingListener()
    reconnecting.add_listener(listener)
    await up(reconnecting)
    gateway.drop_connections()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    assert listener.lost == ["no closing handshake"]
    assert f"lost the connection to {gateway.url}" in (reconnecting.status.problem or "")
    await clock.advance(1.1)
    await eventually(state_is(reconnecting, ConnectionState.UP))
    assert reconnecting.status.problem is None
    assert (reconnecting.stats.connects, reconnecting.stats.connections_lost) == (2, 1)


async def test_a_gateway_that_greets_and_hangs_up_is_not_greeted_every_second(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    reconnecting.start()
    waits = []
    for connects in range(1, 5):
        await eventually(lambda: reconnecting.status.state is ConnectionState.UP)
        gateway.drop_connections()
        await eventually(state_is(reconnecting, ConnectionState.WAITING))
        waits.append(await seconds_until_connected(reconnecting, clock, connects + 1))
    await clock.advance(10.0)
    gateway.drop_connections()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    waits.append(await seconds_until_connected(reconnecting, clock, 6))
    assert waits == [1, 2, 4, 8, 1]


async def seconds_until_connected(
    reconnecting: ReconnectingConnection, clock: ManualClock, connects: int
) -> int:
    for second in range(1, 100):
        await clock.advance(1.0)
        if reconnecting.status.state is not ConnectionState.WAITING:
            await eventually(lambda: reconnecting.stats.connects == connects)
            return second
    raise AssertionError("no attempt in 100 s")


async def test_the_waits_without_a_caller(clock: ManualClock) -> None:
    reconnecting = ReconnectingConnection(
        config_for(f"ws://127.0.0.1:{closed_port()}"), clock=clock, chance=middling
    )
    reconnecting.start()
    await failures(reconnecting, 1)
    waits = [await seconds_to_the_next_failure(reconnecting, clock) for _ in range(7)]
    await reconnecting.close()
    assert waits == [1, 2, 4, 8, 16, 30, 30]


async def failures(reconnecting: ReconnectingConnection, number: int) -> None:
    await eventually(lambda: reconnecting.stats.attempts_failed >= number)


async def seconds_to_the_next_failure(
    reconnecting: ReconnectingConnection, clock: ManualClock
) -> int:
    """Advance the manual clock from a failed attempt to the next."""
    failed = reconnecting.stats.attempts_failed
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    for second in range(1, 100):
        await clock.advance(1.0)
        if (
            reconnecting.status.state is ConnectionState.CONNECTING
            or reconnecting.stats.attempts_failed > failed
        ):
            await failures(reconnecting, failed + 1)
            return second
    raise AssertionError("no attempt in 100 s")


async def test_while_a_caller_waits_it_retries_every_second(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(reconnecting)
    await gateway.go_away()
    for _ in range(5):
        await seconds_to_the_next_failure(reconnecting, clock)
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await gateway.come_back()
    asking = asyncio.create_task(reconnecting.ready(15.0))
    await clock.advance(1.1)
    await asyncio.wait_for(asking, 5)
    assert reconnecting.status.state is ConnectionState.UP


async def test_a_gateway_that_stays_away_is_reported(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(reconnecting)
    await gateway.go_away()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    asking = asyncio.create_task(reconnecting.ready(15.0))
    while not asking.done():
        await clock.advance(1.0)
    with pytest.raises(GatewayUnreachable, match=rf"no connection to {gateway.url} within 15 s"):
        await asking


async def test_the_wait_of_the_gateway_applies_while_a_caller_waits(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    locked_out = Refusal("UNAVAILABLE", "later", retryable=True, retry_after_ms=20_000)
    gateway.faults.refuse_connects(1, locked_out)
    reconnecting.start()
    asking = asyncio.create_task(reconnecting.ready(60.0))
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(19.9)
    assert gateway.handshakes == 1
    await clock.advance(3.0)
    await asyncio.wait_for(asking, 5)
    assert reconnecting.status.state is ConnectionState.UP


async def test_a_starting_gateway_is_asked_again_as_it_says(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.refuse_connects(3)
    reconnecting.start()
    for attempts in range(1, 4):
        await failures(reconnecting, attempts)
        await clock.advance(0.6)
    await eventually(state_is(reconnecting, ConnectionState.UP))


async def test_a_refused_key_stops_it_and_is_raised_for_all_callers(
    reconnecting: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway.faults.refuse_connects(1, WRONG_KEY)
    reconnecting.start()
    for _ in range(2):
        with pytest.raises(GatewayRefused, match="go away") as refused:
            await reconnecting.ready(5.0)
        assert refused.value.code == "AUTH_TOKEN_MISMATCH"
    await clock.advance(1_000.0)
    assert gateway.handshakes == 1
    assert reconnecting.status.state is ConnectionState.STOPPED
    assert [r.levelname for r in caplog.records if "go away" in r.message] == ["ERROR"]


async def test_after_a_refusal_it_can_be_started_again(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    gateway.faults.refuse_connects(1, WRONG_KEY)
    reconnecting.start()
    with pytest.raises(GatewayRefused):
        await reconnecting.ready(5.0)
    await up(reconnecting)
    assert reconnecting.status.state is ConnectionState.UP


async def test_what_is_no_gateway_is_tried_again(
    reconnecting: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fails_with(monkeypatch, ProtocolViolation("not a gateway"))
    reconnecting.start()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(1.1)
    await eventually(state_is(reconnecting, ConnectionState.UP))


async def test_a_bug_does_not_end_it(
    reconnecting: ReconnectingConnection,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await fails_with(monkeypatch, KeyError("oops"))
    reconnecting.start()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    assert "KeyError" in (reconnecting.status.problem or "")
    assert any(record.exc_info for record in caplog.records)
    await clock.advance(1.1)
    await eventually(state_is(reconnecting, ConnectionState.UP))


async def fails_with(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int = 1) -> None:
    real, failures = open_connection, [error] * times

    async def flaky(*args: Any) -> GatewayConnection:
        if failures:
            raise failures.pop()
        return await real(*args)

    monkeypatch.setattr(link_module, "open_connection", flaky)


async def test_a_gateway_going_down_gets_no_new_turns(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(reconnecting)
    gateway.broadcast("shutdown", {"reason": "gateway stopping", "restartExpectedMs": 7_000})
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    asking = asyncio.create_task(reconnecting.ready(60.0))
    await settle()
    assert not asking.done()
    await gateway.close_connections(1012, "service restart")
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(6.9)
    assert gateway.handshakes == 1
    await clock.advance(1.6)
    await asyncio.wait_for(asking, 5)
    assert gateway.handshakes == 2


async def test_a_shutdown_notice_that_is_none(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    await up(reconnecting)
    gateway.broadcast("shutdown", ["what?"])
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    assert reconnecting.stats.frames_bad == 1


async def test_no_frame_for_two_ticks_reconnects(
    gateway: GatewaySimulator,
) -> None:
    clock = ManualClock()
    reconnecting = ReconnectingConnection(config_for(gateway.url), clock=clock, chance=middling)
    await up(reconnecting)
    await clock.advance(61.0)  # the Gateway's own clock stands still: it sends no tick
    await eventually(lambda: reconnecting.stats.connections_lost == 1)
    await clock.advance(1.1)
    await eventually(state_is(reconnecting, ConnectionState.UP))
    await reconnecting.close()


@pytest.mark.parametrize("error", [ProtocolViolation("not like this"), KeyError("oops")])
async def test_a_listener_that_fails_stops_nothing(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, error: Exception
) -> None:
    class Picky(RecordingListener):
        def on_event(self, event: Event) -> None:
            super().on_event(event)
            raise error

        def on_connection_lost(self, why: str) -> None:
            super().on_connection_lost(why)
            raise error

    failing, other = Picky(), RecordingListener()
    reconnecting.add_listener(failing)
    reconnecting.add_listener(other)
    await up(reconnecting)
    gateway.tick()
    gateway.tick()
    await eventually(lambda: sum(event.event == "tick" for event in failing.events) == 2)
    assert reconnecting.status.state is ConnectionState.UP
    assert reconnecting.stats.frames_bad >= 2
    gateway.drop_connections()
    await eventually(lambda: other.lost)
    assert len(failing.lost) == 1


async def test_lost_events_are_reported_once_per_gap(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    listener = RecordingListener()
    reconnecting.add_listener(listener)
    await up(reconnecting)
    gateway.tick()
    gateway.skip_events(3)
    gateway.tick()
    gateway.tick()
    await eventually(lambda: sum(event.event == "tick" for event in listener.events) == 3)
    assert listener.missed == 1


async def test_closing_says_goodbye_and_stays_closed(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    listener = RecordingListener()
    reconnecting.add_listener(listener)
    await up(reconnecting)
    await reconnecting.close()
    await reconnecting.close()
    assert listener.lost == ["the bot closed the connection"]
    await gateway.wait_for(lambda: gateway.connected == 0)
    await clock.advance(100.0)
    assert gateway.handshakes == 1
    with pytest.raises(NotConnected):
        await reconnecting.ready(1.0)


async def test_the_token_is_nowhere_to_be_read(
    gateway: GatewaySimulator, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "openclaw_client")
    told = []
    for token in (TOKEN, "hunter2-hunter2"):
        reconnecting = ReconnectingConnection(
            config_for(gateway.url, auth_token=token), clock=clock
        )
        reconnecting.start()
        try:
            told.append(repr(await reconnecting.ready(5.0)))
        except GatewayRefused as refused:
            told.append(f"{refused!r} {refused} {refused.details}")
        told.append(
            repr(reconnecting.status) + repr(reconnecting.config) + repr(reconnecting.stats)
        )
        await reconnecting.close()
    assert caplog.text
    for text in (*told, caplog.text):
        assert TOKEN not in text
        assert "hunter2" not in text


async def test_each_new_connection_is_handed_over_as_soon_as_it_stands(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    came: list[GatewayConnection] = []
    reconnecting = ReconnectingConnection(
        config_for(gateway.url), clock=clock, chance=middling, on_connected=came.append
    )
    first = await up(reconnecting)
    assert came == [first]
    gateway.drop_connections()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(1.5)
    second = await up(reconnecting)
    assert came == [first, second]
    await reconnecting.close()
