from __future__ import annotations

import pytest

from server.synthesis.circuit_breaker import CircuitBreaker, ServerBreakers
from server.synthesis.faults import Fault


def test_a_success_resets_the_count_of_failures() -> None:
    breaker = CircuitBreaker()
    for now in (0.0, 1.0):
        assert not breaker.record_failure(now, "it broke")
    breaker.record_success()
    for now in (2.0, 3.0):
        assert not breaker.record_failure(now, "it broke")
    assert breaker == CircuitBreaker(failures=2)
    assert breaker.record_failure(4.0, "it broke")
    assert (breaker.is_open, breaker.reason) == (True, "it broke")


def test_a_failure_counts_by_its_weight() -> None:
    breaker = CircuitBreaker()
    assert not breaker.record_failure(0.0, "", weight=2)
    assert breaker.record_failure(0.0, "", weight=2)


def test_a_breaker_opens_once_and_keeps_its_first_reason() -> None:
    breaker = CircuitBreaker()
    assert breaker.trip(0.0, "the first")
    assert not breaker.trip(1.0, "the second")
    assert not breaker.record_failure(2.0, "the third", weight=9)
    assert (breaker.reason, breaker.probe_at) == ("the first", 5.0)


def test_the_pause_between_probes_doubles_up_to_a_minute() -> None:
    breaker = CircuitBreaker()
    breaker.trip(100.0, "")
    pauses, now = [], 100.0
    for _ in range(6):
        pauses.append(breaker.probe_at - now)
        now = breaker.probe_at
        breaker.record_failed_probe(now)
    assert pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


@pytest.mark.parametrize(("asked_for_s", "given_s"), [(0.0, 5.0), (30.0, 30.0), (86_400.0, 600.0)])
def test_retry_after_delays_the_first_probe_up_to_a_limit(
    asked_for_s: float, given_s: float
) -> None:
    breaker = CircuitBreaker()
    breaker.trip(0.0, "", rest_s=asked_for_s)
    assert breaker.probe_at == given_s


def test_a_recovered_breaker_starts_from_zero() -> None:
    breaker = CircuitBreaker()
    breaker.trip(0.0, "")
    breaker.record_failed_probe(5.0)
    breaker.record_success()
    assert (breaker.is_open, breaker.reason, breaker.failures) == (False, "", 0)
    assert not breaker.record_failure(20.0, "again")
    assert breaker.record_failure(20.0, "again", weight=2)
    assert breaker.probe_at == 25.0


def test_a_failure_counts_for_its_voice_and_for_the_server() -> None:
    breakers = ServerBreakers()
    assert breakers.record_failure(Fault.BROKEN, "anna", 0.0, weight=2) is None
    breakers.record_success("bert")
    assert breakers.record_failure(Fault.BROKEN, "anna", 1.0, weight=2) is breakers.voice("anna")
    assert breakers.open_for("anna") is breakers.voice("anna")
    assert breakers.open_for("bert") is None


def test_an_open_server_breaker_stops_every_voice() -> None:
    breakers = ServerBreakers()
    assert breakers.record_failure(Fault.UNREACHABLE, "anna", 0.0, weight=3) is breakers.server
    assert breakers.open_for("bert") is breakers.server
    assert breakers.voice("anna").failures == 0, "the server is at fault"
