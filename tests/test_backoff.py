from __future__ import annotations

import pytest

from backoff import Backoff


def test_without_jitter_the_waits_are_exact() -> None:
    backoff = Backoff(5.0, 60.0)
    assert [backoff.next_s() for _ in range(5)] == [5, 10, 20, 40, 60]


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.5)
    assert [backoff.next_s() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_reset_starts_again_at_the_first_wait() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.5)
    for _ in range(5):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 1.0


@pytest.mark.parametrize(("chance", "first"), [(0.0, 0.8), (0.999, 1.2)])
def test_jitter_is_a_fifth_to_either_side(chance: float, first: float) -> None:
    assert Backoff(1.0, 30.0, chance=lambda: chance).next_s() == pytest.approx(first, abs=0.01)


def test_jitter_does_not_stretch_the_longest_wait() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.999)
    assert max(backoff.next_s() for _ in range(20)) == 30.0


def test_the_gateways_word_is_the_least() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.0)
    assert backoff.next_s(0.5) == 0.5
    assert backoff.next_s(300.0) == 300.0
    assert Backoff(1.0, 30.0, chance=lambda: 1.0).next_s(300.0) == pytest.approx(360.0)


def test_years_of_failures_do_not_overflow() -> None:
    backoff = Backoff(1.0, 30.0, chance=lambda: 0.5)
    assert {backoff.next_s() for _ in range(5_000)} == {1, 2, 4, 8, 16, 30}
