"""What comes from outside cannot pass for a record of ours, or move the operator's terminal."""

from __future__ import annotations

import logging
import re

import pytest

from logs import LineFormatter, placed, printable, printable_lines
from logs.lines import LONGEST, LONGEST_TRACEBACK

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d"
RECORD = re.compile(TIME + r" [A-Z]+ +[\w.]+(?: \[.*?\])?: ")
HOSTILE = {
    "line feed": "\n",
    "carriage return": "\r",
    "both": "\r\n",
    "escape": "\x1b[2J\x1b[31m",
    "one-byte escape": "\x9b31m",
    "next line": "\x85",
    "vertical tab": "\x0b",
    "form feed": "\x0c",
    "file separator": "\x1c",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "backspace": "\x08",
    "delete": "\x7f",
    "nul": "\0",
    "bell": "\x07",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "Arabic letter mark": "\u061c",
    "zero width": "\u200b",
    "byte order mark": "\ufeff",
    "tag": "\U000e0041",
    "lone surrogate": "\udcff",
    "soft hyphen": "\xad",
}
FORGED = "2026-11-21T12:00:00.000+00:00 ERROR   app.process: the token is 123"


def formatted(message: object, *args: object, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "app.process", logging.WARNING, "app/process.py", 7, message, args, info
    )
    return LineFormatter().format(record)


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def hostile(request: pytest.FixtureRequest) -> str:
    return f"Eve{request.param}{FORGED}"


def test_a_record_is_one_line_of_printable_characters(hostile: str) -> None:
    for line in (formatted("joined: %s", hostile), formatted(f"joined: {hostile}")):
        assert line.isprintable()
        assert RECORD.match(line)
        assert line.splitlines() == [line]
        line.encode("utf-8")


def test_the_text_of_an_exception_forges_no_record(hostile: str) -> None:
    def fail() -> None:
        try:
            raise ValueError(hostile)
        except ValueError as cause:
            cause.add_note(hostile)
            raise ExceptionGroup(hostile, [RuntimeError(hostile)]) from cause

    with pytest.raises(ExceptionGroup) as caught:
        fail()
    text = formatted("a command failed", error=caught.value)
    first, *others = text.split("\n")
    assert RECORD.match(first)
    assert len(others) > 5, "a traceback stays readable"
    for line in others:
        assert line.startswith("    ")
        assert line.isprintable()


def test_what_is_printable_stays_as_it_is() -> None:
    for name in ("Jörg", "李雷", "Ολυμπία", "محمد", "🦊 Fox", "C:\\bot\\new", "a\\nb"):
        assert printable(name) == name


def test_a_text_of_ours_keeps_its_lines_and_what_it_quotes_makes_none() -> None:
    assert printable_lines("one\n  two \x1b[31m\r\n") == "one\n  two \\x1b[31m\\r\n"


def test_the_time_has_its_zone() -> None:
    assert RECORD.match(formatted("a turn"))


def test_a_message_that_is_none_of_ours_is_no_fault() -> None:
    assert formatted({"a": 1}).endswith("{'a': 1}")


def test_what_is_very_long_is_cut_and_that_is_said() -> None:
    line = formatted("%s", "x" * 1_000_000)
    assert len(line) < 2 * LONGEST
    assert "more characters" in line
    error = ValueError("y\n" * 1_000_000)
    assert len(formatted("failed", error=error)) < 4 * LONGEST_TRACEBACK


def test_the_stack_of_a_record_is_indented_as_well() -> None:
    record = logging.LogRecord("app", logging.INFO, "x.py", 1, "here", (), None)
    record.stack_info = f"Stack (most recent call last):\n{FORGED}"
    assert all(line.startswith("    ") for line in LineFormatter().format(record).split("\n")[1:])


def test_a_record_says_where_it_belongs_and_says_it_once() -> None:
    with placed("guild 42"):
        assert " app.process [guild 42]: lost" in formatted("lost")
        assert formatted("in guild 42 it was lost").endswith(
            " app.process: in guild 42 it was lost"
        )
    assert "[" not in formatted("lost")
    with placed("guild \n42"):
        assert "\n" not in formatted("lost")
