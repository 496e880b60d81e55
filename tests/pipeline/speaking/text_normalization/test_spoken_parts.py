"""The spoken form of code blocks, tables and timestamps."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest

from pipeline.language.lexicons import ENGLISH, GERMAN, Language
from pipeline.speaking.text_normalization.normalization import TextNormalizer
from pipeline.speaking.text_normalization.spoken_parts import spoken_code, spoken_table


@pytest.fixture(autouse=True)
def in_london(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/London")
        time.tzset()
        yield
    time.tzset()


def table(rows: Sequence[str], limit: int) -> tuple[list[str], bool]:
    return spoken_table(rows, limit, ENGLISH, TextNormalizer().normalize_markup)


def spoken_mark(mark: str, language: Language = ENGLISH) -> str:
    """The spoken form of a timestamp, two hours after 1700000000."""
    return TextNormalizer(language, now=lambda: 1_700_007_200.0).normalize_markup(mark)


@pytest.mark.parametrize(
    ("style", "spoken", "german"),
    [
        (":t", "10:13 PM", "22:13 Uhr"),
        (":d", "November 14, 2023", "14. November 2023"),
        ("", "November 14, 2023 at 10:13 PM", "14. November 2023 um 22:13 Uhr"),
        (
            ":F",
            "Tuesday, November 14, 2023 at 10:13 PM",
            "Dienstag, 14. November 2023 um 22:13 Uhr",
        ),
        (":R", "2 hours ago", "vor 2 Stunden"),
    ],
)
def test_a_timestamp_is_spoken_in_its_style(style: str, spoken: str, german: str) -> None:
    mark = f"<t:1700000000{style}>"
    assert spoken_mark(mark) == spoken
    assert spoken_mark(mark, GERMAN) == german


def test_a_timestamp_in_the_future_or_out_of_range() -> None:
    assert spoken_mark("<t:1700093600:R>") == "in 1 day"
    assert spoken_mark("<t:999999999999999:F>") == "some time"


@pytest.mark.parametrize(
    ("name", "lines", "spoken"),
    [
        ("python", 1, "A code block in Python, 1 line."),
        ("", 12, "A code block, 12 lines."),
        ("brainfuzz", 3, "A code block in brainfuzz, 3 lines."),
    ],
)
def test_a_code_block_is_named_and_not_read(name: str, lines: int, spoken: str) -> None:
    assert spoken_code(name, lines, ENGLISH) == spoken


def test_a_code_block_is_named_in_the_language_of_the_reply() -> None:
    assert spoken_code("py", 2, GERMAN) == "Ein Codeblock in Python, 2 Zeilen."


def test_a_table_is_read_by_its_columns() -> None:
    rows = ["| **Name** | Age |", "|:---|---:|", "| [Ada](http://a.org) | 36 |", "| Bob |  |",
            r"| C\|y | 9 |"]  # fmt: skip
    assert table(rows, 5) == (
        ["Name: Ada, Age: 36.", "Name: Bob.", "Name: C|y, Age: 9."],
        True,
    )
    assert table(rows, 2)[0] == ["Name: Ada, Age: 36.", "Name: Bob.", "And 1 more row."]
    assert table(rows, 0) == (["And 3 more rows."], False)


def test_a_table_without_a_header_is_read_row_by_row() -> None:
    assert table(["| a | b |", "c | d"], 5) == (["a, b.", "c, d."], True)
    with pytest.raises(ValueError, match="at least one row"):
        table([], 5)
