"""What the bot keeps of each guild: its choices and its running call."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from discord_bot.guild_state import GuildChoice, GuildChoices, RunningCall, RunningCalls
from tests.state.limits import no_more_files


def test_a_guild_that_chose_nothing_has_the_settings_defaults() -> None:
    assert GuildChoices("jarvis", "medium").of(1) == GuildChoice("jarvis", "medium")


def test_what_a_guild_chooses_is_kept_and_is_its_own() -> None:
    choices = GuildChoices("jarvis", "medium")
    choices.choose(1, agent="sage")
    choices.choose(1, level="high")
    assert choices.of(1) == GuildChoice("sage", "high")
    assert choices.of(2) == GuildChoice("jarvis", "medium")


def test_what_was_chosen_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state" / "choices.json"
    GuildChoices("jarvis", "medium", file).choose(1, agent="sage")
    assert GuildChoices("jarvis", "medium", file).of(1) == GuildChoice("sage", "medium")


def test_a_choice_that_was_not_made_follows_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "choices.json"
    GuildChoices("jarvis", "medium", file).choose(1, agent="sage")
    assert GuildChoices("max", "high", file).of(1) == GuildChoice("sage", "high")


def test_a_guild_that_was_left_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "choices.json"
    choices = GuildChoices("jarvis", "medium", file)
    choices.choose(1, level="high")
    choices.forget(1)
    choices.forget(2)
    assert choices.of(1) == GuildChoice("jarvis", "medium")
    assert GuildChoices("jarvis", "medium", file).of(1) == GuildChoice("jarvis", "medium")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"guilds": {"x": {}}}',
        b'{"guilds": {"1": {"a": 2}}}',
        b'{"guilds": {"1": null}}',
        b'{"guilds": {}, "version": 2}',
        b"null",
        b"[]",
        b'{"guilds": {"1": {"agent": "\xff"}}}',
    ],
)
def test_an_invalid_choices_file_is_put_aside_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    file = tmp_path / "choices.json"
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        choices = GuildChoices("jarvis", "medium", file)
    assert choices.of(1) == GuildChoice("jarvis", "medium")
    assert "put aside" in caplog.text
    (aside,) = tmp_path.glob("choices.json.broken-*")
    assert aside.read_bytes() == content
    choices.choose(1, level="low")
    assert GuildChoices("jarvis", "medium", file).of(1).level == "low"


def test_choices_that_cannot_be_saved_last_until_the_bot_stops(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("a file where a folder should be", encoding="utf-8")
    choices = GuildChoices("jarvis", "medium", in_the_way / "choices.json")
    choices.choose(1, level="low")
    assert choices.of(1).level == "low"
    assert "could not be kept" in caplog.text
    for _ in range(50):
        choices.choose(1, level="high")
    assert len(caplog.messages) < 8, "logged, but not at each choice"


def test_a_file_that_cannot_be_read_now_is_not_overwritten(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "choices.json"
    GuildChoices("jarvis", "medium", file).choose(1, agent="sage")
    with no_more_files():
        choices = GuildChoices("jarvis", "medium", file)
    choices.choose(2, level="low")
    assert choices.of(2).level == "low"
    assert "ends with the bot" in caplog.text
    assert GuildChoices("jarvis", "medium", file).of(1).agent == "sage"


HERE = RunningCall(channel_id=10, text_channel_id=20)


def test_running_calls_survive_a_restart_and_ended_ones_do_not(tmp_path: Path) -> None:
    file = tmp_path / "state" / "running-calls.json"
    calls = RunningCalls(file)
    calls.add(1, HERE)
    calls.add(2, RunningCall(channel_id=30))
    assert RunningCalls(file).of(1) == HERE
    assert calls.remove(2)
    assert not calls.remove(2)
    again = RunningCalls(file)
    assert again.of(1) == HERE
    assert again.of(2) is None


def test_without_a_file_running_calls_are_kept_in_memory() -> None:
    calls = RunningCalls()
    calls.add(1, HERE)
    assert calls.of(1) == HERE


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"guilds": {"x": 1}}'])
def test_an_invalid_calls_file_is_logged_and_replaced(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "running-calls.json"
    file.write_bytes(content)
    calls = RunningCalls(file)
    assert str(file) in caplog.text
    calls.add(1, HERE)
    assert RunningCalls(file).of(1) == HERE


def test_calls_that_cannot_be_saved_cause_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    calls = RunningCalls(tmp_path / "file" / "running-calls.json")
    with caplog.at_level(logging.WARNING):
        calls.add(1, HERE)
    assert calls.of(1) == HERE
    assert "could not be kept" in caplog.text
