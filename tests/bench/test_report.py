from __future__ import annotations

from pathlib import Path

import pytest

from bench.report import write_table


def test_a_table_replaces_what_is_between_its_marks_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n<!-- a -->\nold\n<!-- end of a -->\n\n<!-- b -->\n<!-- end of b -->\n"
    )
    for _ in range(2):
        write_table(page, "a", ("what", "n"), [("rooms", 2), ("calls", 3)], ["All well."])
    lines = page.read_text().splitlines()
    assert lines[:3] == ["# Page", "", "<!-- a -->"]
    assert " cores, " in lines[3]
    assert lines[5:] == [
        "| what | n |", "| --- | --- |", "| rooms | 2 |", "| calls | 3 |", "", "All well.",
        "<!-- end of a -->", "", "<!-- b -->", "<!-- end of b -->",
    ]  # fmt: skip


def test_a_page_without_marks_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n")
    with pytest.raises(ValueError, match="has no marks <!-- a -->"):
        write_table(page, "a", ("what",), [])
    assert page.read_text() == "# Page\n"
    write_table(None, "a", ("what",), [])
