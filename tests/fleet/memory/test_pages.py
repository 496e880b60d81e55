"""The Markdown files: what is added, what a crash left, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from fleet.memory.pages import MemoryLine, addition, forgotten
from fleet.memory.wishes import wish

TITLE = "box2, 2026-11-27"
AFTER = datetime(2026, 11, 27, 15, 0, tzinfo=UTC).timestamp()


def line(ident: str, words: str = "words") -> MemoryLine:
    return MemoryLine(id=ident, text=f"2026-11-27 14:05 UTC, Alice: {words}")


def added(content: bytes, *lines: MemoryLine) -> bytes:
    change = addition(content, TITLE, lines)
    return content[: change.keep] + change.data


def test_a_new_file_begins_with_its_title() -> None:
    content = added(b"", line("u1.t.aaaa"))
    assert content.startswith(b"# box2, 2026-11-27\n\nNotes of one machine")
    assert content.endswith(b"- 2026-11-27 14:05 UTC, Alice: words ^u1.t.aaaa\n")


def test_an_id_is_written_once() -> None:
    content = added(b"", line("u1.t.aaaa"))
    again = added(content, line("u1.t.aaaa"), line("u1.t.bbbb"), line("u1.t.bbbb"))
    assert again.count(b"^u1.t.aaaa\n") == 1
    assert again.count(b"^u1.t.bbbb\n") == 1
    assert addition(again, TITLE, [line("u1.t.aaaa")]).data == b""


def test_a_file_that_a_crash_cut_off_anywhere_is_whole_after_the_next_delivery() -> None:
    before = added(b"", line("u1.t.aaaa", "first"))
    batch = [line("u2.t.bbbb", "second"), line("u3.t.cccc", "third")]
    whole = added(before, *batch)
    for cut in range(len(whole) + 1):
        # What was written whole is not delivered again; its last line end may be missing.
        wanted = batch if cut >= len(before) else [line("u1.t.aaaa", "first"), *batch]
        assert added(whole[:cut], *wanted).rstrip(b"\n") == whole.rstrip(b"\n"), whole[:cut]


def test_what_a_person_wrote_stays() -> None:
    content = added(b"", line("u1.t.aaaa")) + b"A note of the owner without an end"
    again = added(content, line("u1.t.bbbb"))
    assert b"A note of the owner without an end\n- 2026" in again


def test_a_line_whose_end_an_editor_took_away_stays() -> None:
    content = added(b"", line("u1.t.aaaa"))[:-1]
    again = added(content, line("u1.t.bbbb"))
    assert b"^u1.t.aaaa\n- 2026" in again


def test_a_torn_line_of_a_request_that_is_gone_is_cut_away() -> None:
    content = added(b"", line("u1.t.aaaa")) + b"- 2026-11-27 14:06 UTC, Bob: half a sent"
    assert b"half a sent" not in added(content, line("u1.t.bbbb"))


def test_lines_are_found_by_their_tags() -> None:
    content = added(b"", line("u1.g7.t.aaaa"), line("u12.g7.t.bbbb"), line("u1.g8.o.cccc"))
    found = [
        content[start : start + length] for start, length in forgotten(content, wish(["u1"], AFTER))
    ]
    assert [each.rsplit(b"^")[-1] for each in found] == [b"u1.g7.t.aaaa", b"u1.g8.o.cccc"]
    assert len(forgotten(content, wish(["g7", "t"], AFTER))) == 2
    assert forgotten(content, wish([], AFTER)) == []


@pytest.mark.parametrize("text", ["two\nlines", "", "x" * 2_001, "bell\a"])
def test_a_line_is_one_line_of_limited_length(text: str) -> None:
    with pytest.raises(ValidationError):
        MemoryLine(id="u1.t.aaaa", text=text)


@pytest.mark.parametrize("ident", ["", "abc", "U1.t.aaaa", "u1 t", "-abcd", "x" * 121])
def test_an_id_has_its_form(ident: str) -> None:
    with pytest.raises(ValidationError):
        MemoryLine(id=ident, text="words")
