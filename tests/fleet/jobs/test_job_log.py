"""Logs of jobs: read by cursors, bounded, with the end kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.jobs.job_log import SEGMENT_BYTES, JobLog, text_of


@pytest.fixture
def log(tmp_path: Path) -> JobLog:
    return JobLog(tmp_path / "log", 1_000_000)


def whole(log: JobLog, most_bytes: int) -> str:
    text, cursor = "", 0
    while True:
        page = log.read(cursor, most_bytes)
        assert page.cursor > cursor or not page.more
        text, cursor = text + page.text, page.cursor
        if not page.more:
            return text


def test_no_log_is_an_empty_page(log: JobLog) -> None:
    page = log.read(0, 100)
    assert (page.text, page.cursor, page.more, page.skipped) == ("", 0, False, 0)
    assert log.read(500, 100).cursor == 0


@pytest.mark.parametrize("most_bytes", [4, 5, 7, 100, 100_000])
def test_pages_together_are_the_log(log: JobLog, most_bytes: int) -> None:
    parts = ["first line\n", "zweite Zeile: Größe\n", "三行目 🎧\n"]
    for part in parts:
        log.append(part.encode())
    assert whole(log, most_bytes) == "".join(parts)


def test_what_comes_later_is_behind_the_cursor(log: JobLog) -> None:
    log.append(b"one\n")
    page = log.read(0, 100)
    log.append(b"two\n")
    assert log.read(page.cursor, 100).text == "two\n"


def test_a_cut_character_waits_for_its_rest(log: JobLog) -> None:
    head, tail = "ü".encode()[:1], "ü".encode()[1:]
    assert text_of(b"a" + head, whole=False) == ("a", 1)
    log.append(b"a" + head)
    assert log.read(0, 100).text == "a�"
    log.append(tail + b"b")
    assert log.read(1, 100).text == "üb"


def test_pages_go_over_segments_and_a_new_object_goes_on(log: JobLog) -> None:
    for number in range(4):
        log.append(bytes([ord("a") + number]) * SEGMENT_BYTES)
    again = JobLog(log.folder, 1_000_000)
    page = again.read(SEGMENT_BYTES - 2, 4)
    assert page.text == "aabb"
    assert again.end() == 4 * SEGMENT_BYTES
    again.append(b"e")
    assert again.read(4 * SEGMENT_BYTES, 10).text == "e"


def test_a_long_log_keeps_its_end_and_says_what_is_gone(tmp_path: Path) -> None:
    log = JobLog(tmp_path / "log", 3 * SEGMENT_BYTES)
    for number in range(10):
        log.append(str(number).encode() * SEGMENT_BYTES)
    kept = sum(each.stat().st_size for each in log.folder.iterdir())
    assert kept <= 3 * SEGMENT_BYTES
    page = log.read(0, 10)
    assert page.skipped == 7 * SEGMENT_BYTES
    assert page.text == "7" * 10
    assert log.read(log.end() - 3, 10).text == "999"
