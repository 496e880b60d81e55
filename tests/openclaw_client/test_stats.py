from __future__ import annotations

import math

import pytest

from openclaw_client import (
    GatewayRefused,
    GatewayStats,
    OpenClawClient,
    OpenClawError,
    RequestFailed,
    TurnFailed,
    TurnLost,
)
from openclaw_client.stats import MOST_KINDS, Histogram, kind_of
from simulators.gateway import GatewaySimulator
from tests.openclaw_client.runs.asking import ask


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TurnLost("gone"), "TurnLost"),
        (TurnFailed("no", kind="rate_limit"), "TurnFailed:rate_limit"),
        (GatewayRefused("no", code="AUTH_TOKEN_MISMATCH"), "GatewayRefused:AUTH_TOKEN_MISMATCH"),
        (RequestFailed("chat.send", "FORBIDDEN", "no"), "RequestFailed:FORBIDDEN"),
    ],
)
def test_errors_are_counted_by_kind(error: OpenClawError, kind: str) -> None:
    assert kind_of(error) == kind


def test_whatever_the_gateway_calls_its_refusals_few_kinds_are_remembered() -> None:
    stats = GatewayStats()
    for number in range(10_000):
        stats.failed(GatewayRefused("no", code=f"CODE_{number}" * 100))
        stats.failed(TurnFailed("no", kind=f"kind-{number}"))
        stats.failed(RequestFailed("chat.send", f"CODE_{number}", "no"))
    assert stats.errors.total() == 30_000
    assert len(stats.errors) <= MOST_KINDS + 3
    assert max(map(len, stats.errors)) <= 100
    assert stats.errors["TurnFailed:other"] > 9_000


async def test_turns_are_timed_and_counted(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    await ask(client)
    gateway.faults.fail_run("no credit left", kind="rate_limit", after_words=2)
    with pytest.raises(TurnFailed):
        await ask(client)
    stats = client.stats
    assert (stats.ack.count, stats.first_delta.count, stats.final.count) == (2, 2, 1)
    assert (stats.turns_started, stats.turns_answered, stats.turns_failed) == (2, 1, 1)
    assert (stats.connects, stats.reconnects) == (1, 0)
    assert "1 failed, errors: TurnFailed:rate_limit 1;" in str(stats)


def test_before_the_first_connection_nothing_was_again() -> None:
    assert GatewayStats().reconnects == 0


def test_an_empty_one_knows_nothing() -> None:
    assert Histogram().at_most_ms(0.5) is None
    assert str(Histogram()) == "none"


def test_what_a_share_of_the_times_kept_to() -> None:
    times = Histogram()
    for ms in [8] * 90 + [120] * 9 + [70_000]:
        times.add(ms / 1000)
    assert times.count == 100
    assert times.at_most_ms(0.5) == 10
    assert times.at_most_ms(0.95) == 200
    assert times.at_most_ms(1.0) == math.inf
    assert times.total_ms == 90 * 8 + 9 * 120 + 70_000
    assert str(times) == "half within 10 ms, 95 % within 200 ms"


def test_a_bound_belongs_to_its_class() -> None:
    times = Histogram()
    times.add(0.010)
    assert times.at_most_ms(0.0) == 10
