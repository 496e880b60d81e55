"""Outages and refusals that the reconnecting connection survives."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from openclaw_client import OpenClawClient
from openclaw_client.errors import DeviceStoreError, GatewayRefused
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.transport.reconnecting import DRAIN_S, ConnectionState, ReconnectingConnection
from simulators.gateway import GatewaySimulator
from simulators.gateway.refusal import Refusal
from testing.gateways import config_for
from testing.manual_clock import ManualClock, eventually, settle
from tests.openclaw_client.transport.test_reconnecting import (
    RecordingListener,
    fails_with,
    failures,
    middling,
    reconnecting,
    state_is,
    up,
)

__all__ = ["reconnecting"]

OUT_OF_ORDER = (
    *(errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.ENOMEM, errno.EACCES, errno.EIO),
    *(errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.ECONNRESET),
)
"""What a machine may say to an attempt to connect."""


@pytest.mark.parametrize(
    "refused",
    [
        Refusal("INVALID_REQUEST", "go away", {"code": "PROTOCOL_MISMATCH"}),
        Refusal("INVALID_REQUEST", "go away", {"code": "DEVICE_AUTH_SIGNATURE_EXPIRED"}),
        Refusal("INVALID_REQUEST", "go away"),
        Refusal("SOMETHING_NEW", "go away"),
    ],
)
async def test_a_passing_problem_is_logged_once_and_retried(
    reconnecting: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
    refused: Refusal,
) -> None:
    gateway.faults.refuse_connects(3, refused)
    reconnecting.start()
    with pytest.raises(GatewayRefused, match="go away"):
        await reconnecting.ready(15.0)
    for attempts in (2, 3):
        asking = asyncio.create_task(reconnecting.ready(15.0))
        await eventually(state_is(reconnecting, ConnectionState.WAITING))
        await clock.advance(1.1)
        await failures(reconnecting, attempts)
        with pytest.raises(GatewayRefused, match="go away"):
            await asking  # after the next attempt, and not after 15 s
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(30.0)
    await eventually(state_is(reconnecting, ConnectionState.UP))
    told = [record for record in caplog.records if "go away" in record.message]
    assert len(told) == 1, "the same is told once"


@pytest.mark.parametrize(
    "error",
    [
        *(OSError(code, os.strerror(code)) for code in OUT_OF_ORDER),
        ssl.SSLError(1, "[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error"),
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        MemoryError(),
        ImportError("python-socks is required to use a SOCKS proxy"),
        RuntimeError("can't start new thread"),
        DeviceStoreError("device-key.pem cannot be used (No space left on device)"),
    ],
    ids=lambda error: f"{type(error).__name__}-{getattr(error, 'errno', '')}",
)
async def test_a_machine_that_is_out_of_order_ends_nothing(
    reconnecting: ReconnectingConnection,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    await fails_with(monkeypatch, error, times=3)
    reconnecting.start()
    for wait_s in (1.1, 2.1, 4.1):
        await eventually(state_is(reconnecting, ConnectionState.WAITING))
        await clock.advance(wait_s)
    await eventually(state_is(reconnecting, ConnectionState.UP))
    told = [record for record in caplog.records if "trying again" in record.message]
    assert len(told) == 1
    assert sum(record.exc_info is not None for record in caplog.records) <= 1


async def test_the_bots_files_may_be_out_of_order_meanwhile(
    gateway: GatewaySimulator, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file can be opened when the connection is lost, and later again."""
    reconnecting = ReconnectingConnection(
        config_for(gateway.url), clock=clock, chance=middling, devices=DeviceStore(tmp_path)
    )
    await up(reconnecting)

    def full(*_: Any, **__: Any) -> str:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_text", full)
        patched.setattr(Path, "read_bytes", full)
        gateway.drop_connections()
        await eventually(state_is(reconnecting, ConnectionState.WAITING))
        await clock.advance(1.1)
        await eventually(lambda: reconnecting.stats.connects == 2)
    await reconnecting.close()


@pytest.mark.parametrize("notice", [{"reason": "gateway stopping"}, {}, None, ["what?"]])
async def test_a_gateway_that_announces_a_shutdown_and_stays_is_reconnected(
    reconnecting: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    notice: object,
) -> None:
    listener = RecordingListener()
    reconnecting.add_listener(listener)
    await up(reconnecting)
    gateway.broadcast("shutdown", notice)
    gateway.broadcast("shutdown", notice)
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    asking = asyncio.create_task(reconnecting.ready(15.0))
    await clock.advance(DRAIN_S - 0.1)
    assert reconnecting.status.state is ConnectionState.DRAINING
    await clock.advance(0.2)
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(1.1)
    await asyncio.wait_for(asking, 5)
    assert (gateway.handshakes, len(listener.lost)) == (2, 1)


async def test_a_restart_that_was_announced_is_waited_for_from_the_notice(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(reconnecting)
    gateway.broadcast("shutdown", {"restartExpectedMs": 8_000})
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    asking = asyncio.create_task(reconnecting.ready(15.0))
    await clock.advance(DRAIN_S + 0.1)
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(7.9 - DRAIN_S - 0.1)
    assert gateway.handshakes == 1
    await clock.advance(1.2)
    await asyncio.wait_for(asking, 5)


@pytest.mark.parametrize("expected_ms", [10**9, 1e300])
async def test_a_gateway_that_is_back_sooner_than_it_said_is_found(
    reconnecting: ReconnectingConnection,
    gateway: GatewaySimulator,
    clock: ManualClock,
    expected_ms: float,
) -> None:
    await up(reconnecting)
    gateway.broadcast("shutdown", {"restartExpectedMs": expected_ms})
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    await gateway.close_connections(1012, "service restart")
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(1.2 * reconnecting.config.reconnect_max_s)
    await eventually(state_is(reconnecting, ConnectionState.UP))


async def test_a_gateway_that_closes_in_time_is_not_closed_on(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    await up(reconnecting)
    gateway.broadcast("shutdown", {})
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    await gateway.close_connections(1012, "service restart")
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(1.1)
    await eventually(state_is(reconnecting, ConnectionState.UP))
    await clock.advance(DRAIN_S + 1)
    assert reconnecting.status.state is ConnectionState.UP
    assert gateway.handshakes == 2


async def test_turns_are_answered_though_the_gateway_only_says_that_it_goes(
    gateway: GatewaySimulator, client: OpenClawClient, clock: ManualClock
) -> None:
    pause = gateway.faults.pause_run(2)
    asked = [asyncio.create_task(client.send_message("sage", "Who are you?", speaker="alice"))]
    await pause.reached.wait()
    gateway.broadcast("shutdown", {"reason": "gateway stopping"})
    await eventually(lambda: client.status.state is ConnectionState.DRAINING)
    for speaker in ("bob", "carol", "dave", "erin"):
        asked.append(
            asyncio.create_task(client.send_message("sage", "Who are you?", speaker=speaker))
        )
        await clock.advance(3.0)
        await settle()
    pause.resume()
    answers = await asyncio.wait_for(asyncio.gather(*asked), 5)
    assert set(answers) == {"I am Sage, and I have all the time in the world."}
    assert client.stats.turns_failed == 0


async def test_a_gateway_that_asks_to_be_asked_at_once_is_not_asked_without_end(
    reconnecting: ReconnectingConnection, gateway: GatewaySimulator, clock: ManualClock
) -> None:
    again = Refusal("UNAVAILABLE", "later", retryable=True, retry_after_ms=0)
    gateway.faults.refuse_connects(2, again)
    reconnecting.start()
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(0.05)
    assert gateway.handshakes == 1
    await clock.advance(0.1)
    await failures(reconnecting, 2)
    await clock.advance(0.2)
    await eventually(state_is(reconnecting, ConnectionState.UP))
    gateway.broadcast("shutdown", {"restartExpectedMs": 0})
    await eventually(state_is(reconnecting, ConnectionState.DRAINING))
    await gateway.close_connections(1012, "service restart")
    await eventually(state_is(reconnecting, ConnectionState.WAITING))
    await clock.advance(0.5)
    assert gateway.handshakes == 3
