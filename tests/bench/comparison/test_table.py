"""The table: the rows, the best cells, and whether docs/comparison.md shows the results."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.comparison.environment import ROOT
from bench.comparison.results import (
    AtCount,
    Results,
    SystemResult,
    TalkOfSystem,
    TalkResult,
    read,
)
from bench.comparison.score import BargeInScore, Spread
from bench.comparison.table import BEGIN, END, markdown, note, rows, terminal, with_table
from bench.comparison.talk_score import AgentScore, TalkScore
from bench.comparison.talk_table import talk_rows
from bench.report import write_json

OURS = SystemResult(
    "ours",
    {"numpy": "2.0"},
    (
        AtCount(1, 2.5, 38.4, 110.0, Spread(9, 31.2, 40.0, 44.0), Spread(9, 250.0, 262.0, 270.0)),
        AtCount(10, 1.1, 20.0, 112.0, Spread(80, 40.0, 75.0, 90.0), None),
    ),
    0.22,
    BargeInScore(8, 0, Spread(8, 130.0, 160.0, 160.0), Spread(8, 240.0, 259.0, 259.0)),
)
THEIRS = SystemResult(
    "theirs",
    {"other": "1.4"},
    (AtCount(1, 7.9, 80.0, 150.0, Spread(9, 40.0, 60.0, 66.0), None),),
    None,
    BargeInScore(8, 1, Spread(7, 261.0, 284.0, 284.0), Spread(7, 261.0, 284.0, 284.0)),
)
TALK = TalkResult(
    "meetings",
    (
        TalkOfSystem(
            "ours",
            TalkScore(
                5, 40, 2, 0, 0, (AgentScore(0, 1, (800.0, 1100.0)), AgentScore(800, 0, None))
            ),
            20.0,
            65.0,
        ),
        TalkOfSystem(
            "theirs",
            TalkScore(
                5, 40, 20, 1, 1, (AgentScore(0, 15, (500.0, 3400.0)), AgentScore(800, 4, None))
            ),
            44.4,
            55.2,
        ),
    ),
)
RESULTS = Results(
    "2026-01-02T03:04:05+00:00", "a machine", 0.25, "some talk", (OURS, THEIRS), (TALK,), "meetings"
)


def cells(name: str) -> list[str]:
    (row,) = [row for row in rows(RESULTS) if row.name == name]
    return [cell.text for cell in row.cells]


def test_every_number_of_speakers_has_its_row() -> None:
    assert cells("VAD alone: CPU, ms per audio-second, 1 speaker") == ["2.50", "7.90"]
    assert cells("VAD alone: CPU, ms per audio-second, 10 speakers") == ["1.10", "–"]
    assert cells("verdict after the VAD's stop, ms, median / p95, 1 speaker") == [
        "31 / 40",
        "40 / 60",
    ]


def test_what_went_wrong_stands_beside_the_number() -> None:
    assert cells("spoken over: silent after, ms, median / worst")[1] == "261 / 284, 1 of 8 not"


def test_a_row_without_a_number_is_left_out() -> None:
    bare = Results(
        "2026-01-02", "a machine", 0.1, "some talk",
        (SystemResult("ours", {}, OURS.counts[:1], None, None),), (), "",
    )  # fmt: skip
    names = [row.name for row in rows(bare)]
    assert len(names) == 4
    assert not any("spoken over" in name for name in names)


def test_the_best_of_a_row_is_marked_where_there_is_something_to_compare() -> None:
    page = markdown(RESULTS)
    assert "| **2.50** | 7.90 |" in page
    assert "| 1.10 | – |" in page
    for table, found in zip(terminal(RESULTS), (talk_rows([TALK]), rows(RESULTS)), strict=True):
        assert table.row_count == len(found)
        assert [column.header for column in table.columns] == ["", "ours", "theirs"]


def test_a_talk_has_its_rows_for_each_agent() -> None:
    found = {row.name: [cell.text for cell in row.cells] for row in talk_rows([TALK])}
    assert found == {
        "meetings: pauses taken for the end": ["5.0 % (2 of 40)", "50.0 % (20 of 40), 1 in words"],
        "meetings: spoken into, agent of 0 ms": ["2.5 % (1 of 40)", "37.5 % (15 of 40)"],
        "meetings: first sound, ms, median / p90, agent of 0 ms": [
            "800 / 1100",
            "500 / 3400, 1 missed",
        ],
        "meetings: spoken into, agent of 800 ms": ["0.0 % (0 of 40)", "10.0 % (4 of 40)"],
        "meetings: first sound, ms, median / p90, agent of 800 ms": ["–", "–"],
        "meetings: CPU without / of Whisper, ms per audio-second": ["20 / 65", "44 / 55"],
    }


def test_the_note_tells_machine_day_load_and_versions() -> None:
    text = note(RESULTS)
    for part in ("2026-01-02", "a machine", "0.25", "numpy 2.0", "other 1.4", "some talk"):
        assert part in text


def test_the_table_goes_between_the_markers_and_nothing_else_changes() -> None:
    page = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    changed = with_table(page, RESULTS)
    assert changed.startswith(f"above\n{BEGIN}\n")
    assert changed.endswith(f"{END}\nbelow\n")
    assert "old" not in changed
    assert with_table(changed, RESULTS) == changed


@pytest.mark.parametrize("page", ["", BEGIN, END + BEGIN, f"{BEGIN}{END}{END}"])
def test_a_page_without_its_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="the page must have"):
        with_table(page, RESULTS)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "comparison.json"
    write_json(file, "comparison", RESULTS.numbers)
    again = read(file)
    assert (again.systems, again.talks) == (RESULTS.systems, RESULTS.talks)
    assert (again.load, again.audio) == (RESULTS.load, RESULTS.audio)


def test_the_page_shows_what_was_measured() -> None:
    """`python -m bench.comparison --page` writes it."""
    page = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")
    assert with_table(page, read(ROOT / "bench/results/comparison.json")) == page
