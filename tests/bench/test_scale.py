"""The scale bench names the largest number of rooms that still answers in time."""

from __future__ import annotations

from bench.scale import ScaleRow, grown, line, within


def row(
    rooms: int, median_ms: float, *, answered: int = 10, stages: dict[str, float] | None = None
) -> ScaleRow:
    return ScaleRow(
        rooms=rooms, questions=10, answered=answered, understood=10, median_ms=median_ms,
        p95_ms=median_ms, cores=1.0, loop_late_p95_ms=1.0, loop_late_most_ms=2.0,
        stages_ms=stages or {},
    )  # fmt: skip


def test_the_first_row_over_the_limit_ends_the_count() -> None:
    rows = [row(1, 800), row(2, 900), row(4, 1200), row(8, 1201), row(16, 800)]
    assert within(rows) == 4


def test_a_question_without_an_answer_ends_it_too() -> None:
    assert within([row(1, 800), row(2, 800, answered=9)]) == 1


def test_the_stage_that_grew_most_comes_first() -> None:
    rows = [
        row(1, 800, stages={"stt": 50.0, "listen": 200.0, "voice_to_voice": 800.0}),
        row(4, 1600, stages={"stt": 700.0, "listen": 240.0, "voice_to_voice": 1600.0}),
    ]
    assert grown(rows) == [("stt", 50.0, 700.0), ("listen", 200.0, 240.0)]
    assert "   2.00" in line(rows[1], rows[0])
