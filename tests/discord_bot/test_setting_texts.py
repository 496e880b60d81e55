"""Each setting of a server has words for its members, and says what is allowed."""

from __future__ import annotations

import re

import pytest

from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.setting_values import guild_settings_info, parsed_value, shown_value
from discord_bot.commands.setting_choices import setting_choices
from discord_bot.setting_texts import ABOUT, GROUPS, PICKED, TITLES, allowed_text, value_text
from translations import LANGUAGES

NAMES = list(guild_settings_info())


def test_every_setting_is_in_one_group_and_explained() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(NAMES)
    assert set(ABOUT) == set(TITLES) == set(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_of_settings_is_not_cut(language: str) -> None:
    for name in NAMES:
        (shown,) = [each for each in setting_choices(name, language) if each.value == name]
        assert shown.name.endswith(ABOUT[name].to(language)), shown.name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_allowed_is_taken_and_what_is_not_is_refused(name: str) -> None:
    info = guild_settings_info()[name]
    told = str(allowed_text(info))
    assert "inf" not in told
    for choice in info.choices:
        assert f"`{choice}`" in told
        assert shown_value(name, parsed_value(name, choice)) == choice
    with pytest.raises(InvalidSetting):
        parsed_value(name, "-7.5 of everything!")


def told(name: str, value: object, chosen: GuildSettings | None = None, to: str = "en") -> str:
    return value_text(name, value, chosen or GuildSettings(), str.title).to(to)


def test_what_is_picked_is_shown_as_mentions() -> None:
    marks = {"channels": "<#5>, <#6>", "roles": "<@&5>, <@&6>", "members": "<@5>, <@6>"}
    for name, kind in PICKED.items():
        assert told(name, (5, 6)) == marks[kind]
        assert parsed_value(name, marks[kind]) == (5, 6)


def test_an_empty_list_tells_whom_it_allows() -> None:
    assert told("allowed_channels", ()) == "all"
    assert told("allowed_roles", ()) == "everyone"
    assert told("allowed_users", (), GuildSettings(allowed_roles=(5,))) == "none"
    assert told("transcribed_bots", ()) == "none"
    assert told("languages", ()) == "all"


@pytest.mark.parametrize("name", NAMES)
def test_no_value_is_shown_as_code_or_as_a_bare_number(name: str) -> None:
    info = guild_settings_info()[name]
    values = [parsed_value(name, each) for each in info.choices]
    for value in values or [getattr(GuildSettings(), name)]:
        words = told(name, value)
        assert words
        assert "`" not in words
        assert not re.fullmatch(r"[\d.,-]+", words)


@pytest.mark.parametrize(
    ("name", "value", "language", "words"),
    [
        ("leave_when_idle_s", 0, "en", "never"),
        ("leave_when_idle_s", 30, "de", "30 Sekunden"),
        ("leave_when_idle_s", 5400, "en", "90 minutes"),
        ("leave_when_alone_s", 0, "fr", "immédiatement"),
        ("leave_when_alone_s", 7200, "fr", "2\u00a0heures"),
        ("leave_when_alone_s", 86_399, "fr", "86\u202f399\u00a0secondes"),
        ("volume_db", 0.5, "fr", "106\u202f% (0,5\u202fdB)"),
        ("volume_db", -3.0, "en", "71 % (-3 dB)"),
        ("volume_db", 1.25, "de", "115 % (1,25 dB)"),
        ("languages", ("de", "en"), "en", "German and English"),
        ("languages", ("de", "en"), "ja", "ドイツ語、英語"),
        ("locale", "auto", "en", "the server's own"),
        ("locale", "pt", "es", "portugués"),
        ("agent", "jarvis", "en", "Jarvis"),
        ("auto_join_members", 2, "es", "2 miembros"),
        ("transcript_retention_days", 30, "pt", "30 dias"),
    ],
)
def test_a_value_has_its_unit_and_the_separators_of_the_language(
    name: str, value: object, language: str, words: str
) -> None:
    assert told(name, value, to=language) == words


def test_a_long_value_is_cut() -> None:
    voices = {f"agent{each}": "kokoro:af_heart" for each in range(25)}
    assert told("voices", {"sage": "kokoro:af_heart"}) == "Sage: `kokoro:af_heart`"
    assert len(told("voices", voices)) <= 300
