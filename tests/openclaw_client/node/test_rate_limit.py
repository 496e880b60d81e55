from __future__ import annotations

from openclaw_client.node.rate_limit import WINDOW_S, RateLimit


def test_a_session_may_give_so_many_in_a_minute_and_then_has_to_wait() -> None:
    limit = RateLimit(2)
    assert limit.wait_s("a", 0.0) == 0
    assert limit.wait_s("a", 10.0) == 0
    assert limit.wait_s("a", 20.0) == 40.0
    assert limit.wait_s("a", 59.9) > 0
    assert limit.wait_s("a", WINDOW_S) == 0


def test_one_session_does_not_use_up_anothers() -> None:
    limit = RateLimit(1)
    assert limit.wait_s("a", 0.0) == 0
    assert limit.wait_s(None, 0.0) == 0
    assert limit.wait_s("a", 0.0) > 0


def test_what_was_refused_does_not_count() -> None:
    limit = RateLimit(1)
    limit.wait_s("a", 0.0)
    for second in range(1, 60):
        assert limit.wait_s("a", float(second)) > 0
    assert limit.wait_s("a", WINDOW_S) == 0


def test_sessions_that_were_quiet_longest_are_forgotten() -> None:
    limit = RateLimit(1)
    for number in range(5000):
        limit.wait_s(str(number), 0.0)
    assert len(limit._times) == 1000
