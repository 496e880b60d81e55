from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from models.progress import ConsoleReporter, LogReporter


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_each_quarter_is_one_line() -> None:
    out = console(terminal=False)
    with ConsoleReporter(out).task("model.bin from hub", 4_000_000) as done:
        for count in range(0, 4_000_001, 100_000):
            done(count)
    assert written(out).splitlines() == [
        "model.bin from hub: 4.0 MB",
        "model.bin from hub: 25 % of 4.0 MB",
        "model.bin from hub: 50 % of 4.0 MB",
        "model.bin from hub: 75 % of 4.0 MB",
        "model.bin from hub: 100 % of 4.0 MB",
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    out = console(terminal=True)
    with ConsoleReporter(out).task("model.bin from hub", 4_000_000) as done:
        done(4_000_000)
    assert "4.0/4.0 MB" in written(out)
    assert "━" in written(out)


def test_brackets_in_a_line_are_not_markup() -> None:
    out = console(terminal=False)
    ConsoleReporter(out).say("not from hub ([Errno -2] Name or service not known)")
    assert "[Errno -2]" in written(out)


def test_the_log_reporter_writes_lines_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), LogReporter().task("model.bin", 1_000_000) as done:
        done(1_000_000)
    assert [record.message for record in caplog.records] == [
        "model.bin: 1.0 MB",
        "model.bin: 100 % of 1.0 MB",
    ]
