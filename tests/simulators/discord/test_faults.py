from __future__ import annotations

import pytest

from simulators.discord import LineFaults


def arrivals(count: int = 2000, **shares: float) -> list[list[float]]:
    line = LineFaults(**shares).line()  # type: ignore[arg-type]
    return [line.arrivals_s() for _ in range(count)]


def test_a_clean_line_passes_everything_at_once() -> None:
    assert arrivals(10) == [[0.0]] * 10


def test_loss_and_duplicates_have_the_share_that_was_asked_for() -> None:
    lost = sum(not arrival for arrival in arrivals(loss=0.05))
    twice = sum(len(arrival) == 2 for arrival in arrivals(duplicate=0.2))
    assert lost == pytest.approx(100, abs=30)
    assert twice == pytest.approx(400, abs=60)


def test_a_reordered_packet_comes_between_the_next_two() -> None:
    assert {arrival[0] for arrival in arrivals(reorder=1.0)} == {0.03}


def test_jitter_stays_within_its_bound() -> None:
    delays = [arrival[0] for arrival in arrivals(jitter_ms=30)]
    assert max(delays) < 0.03
    assert max(delays) - min(delays) > 0.025


def test_the_same_seed_has_the_same_faults() -> None:
    assert arrivals(loss=0.3, seed=7) == arrivals(loss=0.3, seed=7)
    assert arrivals(loss=0.3, seed=7) != arrivals(loss=0.3, seed=8)


def test_padding_is_on_the_share_of_packets_that_was_asked_for() -> None:
    line = LineFaults(padding=200, padded=0.1).line()
    padded = [line.padding() for _ in range(2000)]
    assert set(padded) == {0, 200}
    assert padded.count(200) == pytest.approx(200, abs=50)


@pytest.mark.parametrize(
    "wrong", [{"loss": 1.1}, {"reorder": -0.1}, {"padding": 256}, {"jitter_ms": -1}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LineFaults(**wrong)  # type: ignore[arg-type]
