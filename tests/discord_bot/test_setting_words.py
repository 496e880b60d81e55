"""A value of a setting can be written as the bot shows it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.setting_values import guild_settings_info, parsed_value
from discord_bot.setting_texts import PRESETS, value_text
from discord_bot.setting_words import written_value
from translations import LANGUAGES

MORE: Final[dict[str, tuple[Any, ...]]] = {
    "leave_when_alone_s": (2.5, 90.0, 5400.0, 86_399.0, 86_400.0),
    "volume_db": (-24.0, -1.9, 0.5, 1.25, 8.0),
    "languages": ((), ("de",), ("de", "en"), ("en", "fr", "ja", "pt")),
    "voices": ({},),
}


def values(name: str) -> tuple[Any, ...]:
    chosen = tuple(parsed_value(name, each) for each in guild_settings_info()[name].choices)
    numbers = (*PRESETS.get(name, ()), *MORE.get(name, ()))
    return chosen or numbers or ((), (5, 6))


@pytest.mark.parametrize("name", [each for each in guild_settings_info() if each != "agent"])
def test_what_is_shown_is_read_again_in_every_language(name: str) -> None:
    for value in values(name):
        for language in LANGUAGES:
            shown = value_text(name, value, GuildSettings(), str).to(language)
            assert written_value(name, shown, language) == value, (shown, language)
            assert written_value(name, f" “{shown.upper()}” ", language) == value


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("leave_when_alone_s", "120", 120.0),
        ("leave_when_alone_s", "2 Min.", 120.0),
        ("leave_when_idle_s", "1時間30分", 5400.0),
        ("leave_when_idle_s", "Never", 0.0),
        ("volume_db", "50%", -6.0),
        ("volume_db", "-3", -3.0),
        ("volume_db", "−3 dB", -3.0),
        ("transcript_retention_days", "48 hours", 2),
        ("auto_join_members", "3 people", 3),
        ("languages", "de, English", ("de", "en")),
        ("require_opt_in", "ja", True),
    ],
)
def test_it_can_be_written_in_other_ways(name: str, written: str, value: object) -> None:
    assert written_value(name, written, "fr") == value


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("leave_when_alone_s", "2 moons"),
        ("leave_when_alone_s", "25 h"),
        ("volume_db", "0 %"),
        ("volume_db", f"0.{'0' * 321}1 %"),
        ("volume_db", "-200 dB"),
        ("transcript_retention_days", "36 hours"),
        ("auto_join_members", "0 members"),
        ("languages", "x" * 200_000),
        ("languages", "Klingon or so"),
    ],
)
def test_what_is_not_allowed_is_refused(name: str, written: str) -> None:
    with pytest.raises(InvalidSetting):
        written_value(name, written, "en")
