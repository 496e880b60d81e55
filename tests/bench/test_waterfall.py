"""The parts of a wait add up to what the member waited."""

from __future__ import annotations

import pytest

from bench.waterfall import PARTS, Waterfall, parts_ms
from pipeline.latency import Mark, TurnLatency

MARKS: dict[Mark, float] = {
    "speech_end": 10.05,
    "pause_seen": 10.13,
    "transcribed": 10.33,
    "turn_decided": 10.33,
    "judged": 10.34,
    "agent_asked": 10.34,
    "first_delta": 10.36,
    "first_sentence": 10.36,
    "tts_first_byte": 10.5,
    "confirmed": 10.52,
    "first_frame": 10.53,
}


def latency(**changed: float) -> TurnLatency:
    found = TurnLatency()
    for mark, at in (MARKS | changed).items():
        found.mark(mark, at)  # type: ignore[arg-type]
    return found


def test_the_parts_add_up_to_the_wait_at_the_member() -> None:
    found = parts_ms(latency(), ended=10.0, heard=10.55)
    assert tuple(found) == PARTS
    assert sum(found.values()) == pytest.approx(550)
    assert found["vad"] == pytest.approx(50)
    assert found["socket"] == pytest.approx(20)
    assert sum(parts_ms(latency(confirmed=10.3), 10.0, 10.55).values()) == pytest.approx(550)


def test_a_wait_without_both_ends_has_no_parts() -> None:
    unfinished = TurnLatency()
    unfinished.mark("speech_end", 10.0)
    assert parts_ms(unfinished, 9.9, 10.5) == {}


def test_the_means_add_up_to_the_mean_of_all() -> None:
    waits = [parts_ms(latency(tts_first_byte=at), 10.0, 10.55) for at in (10.4, 10.5, 10.51)]
    del waits[0]["hold"]
    waterfall = Waterfall.of(waits)
    assert sum(row.mean_ms for row in waterfall.rows) == pytest.approx(waterfall.total.mean_ms)
    assert waterfall.total.part == "all"
    assert str(waterfall).splitlines()[-1].startswith("all ")
    assert [row["part"] for row in waterfall.as_data()] == [*PARTS, "all"]
    with pytest.raises(ValueError, match="no waits"):
        Waterfall.of([])
