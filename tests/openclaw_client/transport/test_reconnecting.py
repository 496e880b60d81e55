"""The connection that comes back."""

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
from testing.gateways import TOKEN, closed_port, config_for
from testing.manual_clock import ManualClock, eventually, settle

WRONG_KEY = Refusal("INVALID_REQUEST", "go away", {"code": "AUTH_TOKEN_MISMATCH"})


class Ear:
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
async def link(
    gateway: GatewaySimulator, clock: ManualClock
) -> AsyncIterator[ReconnectingConnection]:
    one = ReconnectingConnection(config_for(gateway.url), clock=clock, chance=middling)
    yield one
    await one.close()


async def up(link: ReconnectingConnection) -> GatewayConnection:
    link.start()
    return await asyncio.wait_for(link.ready(5.0), 5)


def state_is(link: ReconnectingConnection, state: ConnectionState) -> Callable[[], bool]:
    return lambda: link.status.state is state


async def test_up(link: ReconnectingConnection, gateway: GatewaySimulator) -> None:
    assert link.status.state is ConnectionState.IDLE
    await up(link)
    status = link.status
    assert status.state is ConnectionState.UP
    assert status.url == gateway.url
    assert status.server_version == "2026.9.6-simulated"
    assert status.scopes == ("operator.read", "operator.write")
    assert status.problem is None


async def test_nothing_without_a_start(link: ReconnectingConnection) -> None:
    with pytest.raises(NotConnected, match="call connect"):
        await link.ready(5.0)


async def test_starting_twice_connects_once(
    link: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    link.start()
    await up(link)
    await settle()
    assert gateway.handshakes == 1


async def test_a_dropped_connection_comes_back(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    ear = Ear()
    link.add_listener(ear)
    await up(link)
    gateway.drop_connections()
    await eventually(state_is(link, ConnectionState.WAITING))
    assert ear.lost == ["no closing handshake"]
    assert f"lost the connection to {gateway.url}" in (link.status.problem or "")
    await clock.advance(1.1)
    await eventually(state_is(link, ConnectionState.UP))
    assert link.status.problem is None
    assert (link.stats.connects, link.stats.connections_lost) == (2, 1)


async def test_a_gateway_that_greets_and_hangs_up_is_not_greeted_every_second(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    link.start()
    waits = []
    for connects in range(1, 5):
        await eventually(lambda: link.status.state is ConnectionState.UP)
        gateway.drop_connections()
        await eventually(state_is(link, ConnectionState.WAITING))
        waits.append(await seconds_until_connected(link, clock, connects + 1))
    await clock.advance(10.0)
    gateway.drop_connections()
    await eventually(state_is(link, ConnectionState.WAITING))
    waits.append(await seconds_until_connected(link, clock, 6))
    assert waits == [1, 2, 4, 8, 1]


async def seconds_until_connected(
    link: ReconnectingConnection, clock: ManualClock, connects: int
) -> int:
    for second in range(1, 100):
        await clock.advance(1.0)
        if link.status.state is not ConnectionState.WAITING:
            await eventually(lambda: link.stats.connects == connects)
            return second
    raise AssertionError("no attempt in 100 s")


async def test_the_waits_while_nobody_needs_it(clock: ManualClock) -> None:
    link = ReconnectingConnection(
        config_for(f"ws://127.0.0.1:{closed_port()}"), clock=clock, chance=middling
    )
    link.start()
    await failures(link, 1)
    waits = [await seconds_to_the_next_failure(link, clock) for _ in range(7)]
    await link.close()
    assert waits == [1, 2, 4, 8, 16, 30, 30]


async def failures(link: ReconnectingConnection, number: int) -> None:
    await eventually(lambda: link.stats.attempts_failed >= number)


async def seconds_to_the_next_failure(link: ReconnectingConnection, clock: ManualClock) -> int:
    """By the hand clock, from a failed attempt to the next."""
    failed = link.stats.attempts_failed
    await eventually(state_is(link, ConnectionState.WAITING))
    for second in range(1, 100):
        await clock.advance(1.0)
        if link.status.state is ConnectionState.CONNECTING or link.stats.attempts_failed > failed:
            await failures(link, failed + 1)
            return second
    raise AssertionError("no attempt in 100 s")


async def test_while_somebody_waits_it_is_tried_every_second(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(link)
    await gateway.go_away()
    for _ in range(5):
        await seconds_to_the_next_failure(link, clock)
    await eventually(state_is(link, ConnectionState.WAITING))
    await gateway.come_back()
    asking = asyncio.create_task(link.ready(15.0))
    await clock.advance(1.1)
    await asyncio.wait_for(asking, 5)
    assert link.status.state is ConnectionState.UP


async def test_a_gateway_that_stays_away_is_reported(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(link)
    await gateway.go_away()
    await eventually(state_is(link, ConnectionState.WAITING))
    asking = asyncio.create_task(link.ready(15.0))
    while not asking.done():
        await clock.advance(1.0)
    with pytest.raises(GatewayUnreachable, match=rf"no connection to {gateway.url} within 15 s"):
        await asking


async def test_the_gateways_own_wait_is_obeyed_whoever_waits(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    locked_out = Refusal("UNAVAILABLE", "later", retryable=True, retry_after_ms=20_000)
    gateway.faults.refuse_connects(1, locked_out)
    link.start()
    asking = asyncio.create_task(link.ready(60.0))
    await eventually(state_is(link, ConnectionState.WAITING))
    await clock.advance(19.9)
    assert gateway.handshakes == 1
    await clock.advance(3.0)
    await asyncio.wait_for(asking, 5)
    assert link.status.state is ConnectionState.UP


async def test_a_starting_gateway_is_asked_again_as_it_says(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    gateway.faults.refuse_connects(3)
    link.start()
    for attempts in range(1, 4):
        await failures(link, attempts)
        await clock.advance(0.6)
    await eventually(state_is(link, ConnectionState.UP))


async def test_a_key_that_is_refused_stops_it_and_is_told_to_all(
    link: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway.faults.refuse_connects(1, WRONG_KEY)
    link.start()
    for _ in range(2):
        with pytest.raises(GatewayRefused, match="go away") as refused:
            await link.ready(5.0)
        assert refused.value.code == "AUTH_TOKEN_MISMATCH"
    await clock.advance(1_000.0)
    assert gateway.handshakes == 1
    assert link.status.state is ConnectionState.STOPPED
    assert [r.levelname for r in caplog.records if "go away" in r.message] == ["ERROR"]


async def test_after_a_refusal_it_can_be_started_again(
    link: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    gateway.faults.refuse_connects(1, WRONG_KEY)
    link.start()
    with pytest.raises(GatewayRefused):
        await link.ready(5.0)
    await up(link)
    assert link.status.state is ConnectionState.UP


async def test_what_is_no_gateway_is_tried_again(
    link: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await fails_with(monkeypatch, ProtocolViolation("not a gateway"))
    link.start()
    await eventually(state_is(link, ConnectionState.WAITING))
    await clock.advance(1.1)
    await eventually(state_is(link, ConnectionState.UP))


async def test_a_bug_does_not_end_it(
    link: ReconnectingConnection,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await fails_with(monkeypatch, KeyError("oops"))
    link.start()
    await eventually(state_is(link, ConnectionState.WAITING))
    assert "KeyError" in (link.status.problem or "")
    assert any(record.exc_info for record in caplog.records)
    await clock.advance(1.1)
    await eventually(state_is(link, ConnectionState.UP))


async def fails_with(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int = 1) -> None:
    real, failures = open_connection, [error] * times

    async def flaky(*args: Any) -> GatewayConnection:
        if failures:
            raise failures.pop()
        return await real(*args)

    monkeypatch.setattr(link_module, "open_connection", flaky)


async def test_a_gateway_going_down_gets_no_new_turns(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(link)
    gateway.broadcast("shutdown", {"reason": "gateway stopping", "restartExpectedMs": 7_000})
    await eventually(state_is(link, ConnectionState.DRAINING))
    asking = asyncio.create_task(link.ready(60.0))
    await settle()
    assert not asking.done()
    await gateway.close_connections(1012, "service restart")
    await eventually(state_is(link, ConnectionState.WAITING))
    await clock.advance(6.9)
    assert gateway.handshakes == 1
    await clock.advance(1.6)
    await asyncio.wait_for(asking, 5)
    assert gateway.handshakes == 2


async def test_a_shutdown_notice_that_is_none(
    link: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    await up(link)
    gateway.broadcast("shutdown", ["what?"])
    await eventually(state_is(link, ConnectionState.DRAINING))
    assert link.stats.frames_bad == 1


async def test_silence_for_two_ticks_means_connecting_anew(
    gateway: GatewaySimulator,
) -> None:
    clock = ManualClock()
    link = ReconnectingConnection(config_for(gateway.url), clock=clock, chance=middling)
    await up(link)
    await clock.advance(61.0)  # the Gateway's own clock stands still: it sends no tick
    await eventually(lambda: link.stats.connections_lost == 1)
    await clock.advance(1.1)
    await eventually(state_is(link, ConnectionState.UP))
    await link.close()


@pytest.mark.parametrize("error", [ProtocolViolation("not like this"), KeyError("oops")])
async def test_a_listener_that_fails_stops_nothing(
    link: ReconnectingConnection, gateway: GatewaySimulator, error: Exception
) -> None:
    class Picky(Ear):
        def on_event(self, event: Event) -> None:
            super().on_event(event)
            raise error

        def on_connection_lost(self, why: str) -> None:
            super().on_connection_lost(why)
            raise error

    picky, other = Picky(), Ear()
    link.add_listener(picky)
    link.add_listener(other)
    await up(link)
    gateway.tick()
    gateway.tick()
    await eventually(lambda: sum(event.event == "tick" for event in picky.events) == 2)
    assert link.status.state is ConnectionState.UP
    assert link.stats.frames_bad >= 2
    gateway.drop_connections()
    await eventually(lambda: other.lost)
    assert len(picky.lost) == 1


async def test_lost_events_are_told_of_once_for_each_gap(
    link: ReconnectingConnection, gateway: GatewaySimulator
) -> None:
    ear = Ear()
    link.add_listener(ear)
    await up(link)
    gateway.tick()
    gateway.skip_events(3)
    gateway.tick()
    gateway.tick()
    await eventually(lambda: sum(event.event == "tick" for event in ear.events) == 3)
    assert ear.missed == 1


async def test_closing_says_goodbye_and_stays_closed(
    link: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    ear = Ear()
    link.add_listener(ear)
    await up(link)
    await link.close()
    await link.close()
    assert ear.lost == ["the bot closed the connection"]
    await gateway.wait_for(lambda: gateway.connected == 0)
    await clock.advance(100.0)
    assert gateway.handshakes == 1
    with pytest.raises(NotConnected):
        await link.ready(1.0)


async def test_the_token_is_nowhere_to_be_read(
    gateway: GatewaySimulator, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "openclaw_client")
    told = []
    for token in (TOKEN, "hunter2-hunter2"):
        link = ReconnectingConnection(config_for(gateway.url, auth_token=token), clock=clock)
        link.start()
        try:
            told.append(repr(await link.ready(5.0)))
        except GatewayRefused as refused:
            told.append(f"{refused!r} {refused} {refused.details}")
        told.append(repr(link.status) + repr(link.config) + repr(link.stats))
        await link.close()
    assert caplog.text
    for text in (*told, caplog.text):
        assert TOKEN not in text
        assert "hunter2" not in text


async def test_each_new_connection_is_handed_over_as_soon_as_it_stands(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    came: list[GatewayConnection] = []
    link = ReconnectingConnection(
        config_for(gateway.url), clock=clock, chance=middling, on_connected=came.append
    )
    first = await up(link)
    assert came == [first]
    gateway.drop_connections()
    await eventually(state_is(link, ConnectionState.WAITING))
    await clock.advance(1.5)
    second = await up(link)
    assert came == [first, second]
    await link.close()
