"""Stages of a turn."""

from __future__ import annotations

import pytest

from pipeline.latency import MARKS, STAGES, TOTAL, LatencyTable, TurnLatency, percentile


def turn(**marks: float) -> TurnLatency:
    latency = TurnLatency()
    for mark, at in marks.items():
        latency.mark(mark, at)  # type: ignore[arg-type]
    return latency


def whole_turn(offset: float = 0.0, stretch: float = 1.0) -> TurnLatency:
    steps = (0.0, 0.2, 0.24, 0.3, 0.301, 0.302, 0.352, 0.36, 0.39, 0.4, 0.41)
    at = {mark: offset + stretch * step for mark, step in zip(MARKS, steps, strict=True)}
    return turn(**at)


def test_the_stages_add_up_to_voice_to_voice() -> None:
    stages = whole_turn(offset=1000.0).stages_ms()
    assert tuple(stages) == STAGES
    assert stages[TOTAL] == pytest.approx(410)
    assert stages["listen"] == pytest.approx(200)
    assert stages["gateway_first_delta"] == pytest.approx(50)
    assert sum(ms for stage, ms in stages.items() if stage != TOTAL) == pytest.approx(410)


def test_early_work_adds_no_stage_time() -> None:
    stages = turn(
        speech_end=0.0, pause_seen=0.2, transcribed=0.22, turn_decided=0.25, judged=0.26,
        first_frame=0.5,
    ).stages_ms()  # fmt: skip
    assert stages["stt"] == pytest.approx(20)
    assert stages["turn"] == pytest.approx(30)
    assert sum(ms for stage, ms in stages.items() if stage != TOTAL) == pytest.approx(500)


def test_only_the_first_mark_counts() -> None:
    latency = turn(speech_end=0.0, first_delta=0.1)
    latency.mark("first_delta", 0.9)
    assert latency.at("first_delta") == 0.1
    assert latency.at("first_frame") is None


def test_an_unfinished_turn_has_no_total() -> None:
    latency = turn(speech_end=0.0, pause_seen=0.2)
    assert TOTAL not in latency.stages_ms()
    assert str(latency) == "voice-to-voice unfinished: listen=200"
    assert str(turn(first_delta=1.0)) == "voice-to-voice unfinished: nothing measured"


def test_the_line_leads_with_the_total() -> None:
    line = str(whole_turn())
    assert line.startswith("voice-to-voice 410 ms: listen=200 stt=")
    assert "\n" not in line


def test_an_unknown_mark_is_named() -> None:
    with pytest.raises(ValueError, match="'first_word'"):
        turn(first_word=1.0)


def test_the_table_has_median_and_p95_of_each_stage() -> None:
    table = LatencyTable(whole_turn(stretch=stretch) for stretch in (1, 1, 1, 1, 11))
    table.add(turn(speech_end=0.0, pause_seen=0.2))
    rows = {row.stage: row for row in table.rows()}
    assert rows["listen"].count == 6
    assert rows[TOTAL].count == 5
    assert rows[TOTAL].median_ms == pytest.approx(410)
    assert 410 < rows[TOTAL].p95_ms < 4510
    assert str(table).splitlines()[0].split() == ["stage", "turns", "median", "ms", "p95", "ms"]
    assert len(str(table).splitlines()) == 1 + len(STAGES)


def test_the_table_keeps_the_newest() -> None:
    table = LatencyTable(limit=2)
    for stretch in (100.0, 1.0, 1.0):
        table.add(whole_turn(stretch=stretch))
    assert table.rows()[-1].p95_ms == pytest.approx(410)


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([10, 20, 30, 40], 50) == 25
    assert percentile([5], 95) == 5
    assert percentile([1, 2, 3], 100) == 3
    with pytest.raises(ValueError, match="no percentile"):
        percentile([], 50)
