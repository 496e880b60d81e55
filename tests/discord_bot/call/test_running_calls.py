"""The calls that run, kept from one run of the bot to the next."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from discord_bot.call.running_calls import RunningCall, RunningCalls

HERE = RunningCall(channel_id=10, text_channel_id=20)


def test_a_call_is_there_in_the_next_run_and_an_ended_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "state" / "running-calls.json"
    calls = RunningCalls(file)
    calls.runs(1, HERE)
    calls.runs(2, RunningCall(channel_id=30))
    assert RunningCalls(file).of(1) == HERE
    assert calls.ended(2)
    assert not calls.ended(2)
    again = RunningCalls(file)
    assert again.of(1) == HERE
    assert again.of(2) is None


def test_without_a_file_they_end_with_the_bot() -> None:
    calls = RunningCalls()
    calls.runs(1, HERE)
    assert calls.of(1) == HERE


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"guilds": {"x": 1}}'])
def test_a_file_that_says_nothing_is_told_of_and_written_over(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "running-calls.json"
    file.write_bytes(content)
    calls = RunningCalls(file)
    assert str(file) in caplog.text
    calls.runs(1, HERE)
    assert RunningCalls(file).of(1) == HERE


def test_what_cannot_be_kept_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    calls = RunningCalls(tmp_path / "file" / "running-calls.json")
    with caplog.at_level(logging.WARNING):
        calls.runs(1, HERE)
    assert calls.of(1) == HERE
    assert "could not be kept" in caplog.text
