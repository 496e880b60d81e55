from __future__ import annotations

import math

from openclaw_client.histogram import Histogram


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
