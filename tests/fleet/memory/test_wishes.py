"""Wishes to forget: which lines one holds for, and their file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fleet.memory.wishes import is_forgotten, note_of, read_wishes, said_until, wish

AT = datetime(2026, 11, 27, 15, 0, 30, tzinfo=UTC).timestamp()


def noted(content: bytes, tags: list[str], at: float) -> bytes:
    note = note_of(content, tags, at)
    if note is None:
        return content
    return content[: note.offset] + note.data + content[note.offset + len(note.data) :]


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("2026-11-27 14:59 UTC, Alice: tea", True),
        ("- 2026-11-27 15:00 UTC, Alice: tea", True),
        ("2026-11-27 15:01 UTC, Alice: tea", True),
        ("2026-11-27 15:02 UTC, Alice: tea", False),
        ("2027-01-01 00:00 UTC, Alice: tea", False),
        ("words without a time", True),
        ("", True),
    ],
)
def test_a_wish_holds_until_the_end_of_the_next_minute(said: str, holds: bool) -> None:
    assert said_until(said, AT) is holds
    assert is_forgotten("u1.g7.t.aaaa", said, wish(["t", "u1"], AT)) is holds


def test_a_wish_holds_for_lines_with_all_of_its_tags() -> None:
    said = "2026-11-27 14:00 UTC, Alice: tea"
    assert not is_forgotten("u12.g7.t.aaaa", said, wish(["u1"], AT))
    assert not is_forgotten("u1.g7.o.aaaa", said, wish(["u1", "t"], AT))
    assert not is_forgotten("u1.g7.t.aaaa", said, wish([], AT))


def test_the_file_has_a_line_for_each_set_of_tags() -> None:
    content = b""
    for tags, at in ((["u1"], AT), (["t", "g7"], AT), (["g7", "t"], AT + 60), (["u1"], AT - 60)):
        content = noted(content, tags, at)
    assert content == b"1795791630 u1\n1795791690 g7 t\n"
    assert read_wishes(content) == {("u1",): 1795791630, ("g7", "t"): 1795791690}


def test_what_a_crash_or_a_person_left_in_the_file_is_no_wish() -> None:
    content = b"hello\n1795791630 u1 U2\n12 u3\n179579163"
    assert read_wishes(content) == {}
    assert read_wishes(noted(content, ["u1"], AT)) == {("u1",): 1795791630}


@pytest.mark.parametrize("at", [-5.0, 0.0, 1e300])
def test_any_moment_has_ten_digits(at: float) -> None:
    assert len(noted(b"", ["u1"], at)) == len(b"1795791630 u1\n")
