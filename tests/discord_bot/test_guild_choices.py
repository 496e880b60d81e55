"""What a guild chose: kept through calls and restarts, and never in the way."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from discord_bot.guild_choices import GuildChoice, GuildChoices
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


def test_what_was_left_open_follows_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "choices.json"
    GuildChoices("jarvis", "medium", file).choose(1, agent="sage")
    assert GuildChoices("max", "high", file).of(1) == GuildChoice("sage", "high")


def test_a_guild_that_is_gone_is_forgotten(tmp_path: Path) -> None:
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
def test_a_file_that_is_none_is_put_aside_and_said(
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


def test_a_folder_that_cannot_be_written_costs_only_the_memory(
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
    assert len(caplog.messages) < 8, "told, and not at each choice"


def test_a_file_that_cannot_be_read_for_now_is_not_written_over(
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
