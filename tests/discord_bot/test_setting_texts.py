"""Each setting of a server has words for its members, and says what is allowed."""

from __future__ import annotations

import pytest

from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.setting_values import guild_settings_info, parsed_value, shown_value
from discord_bot.setting_texts import ABOUT, GROUPS, PICKED, allowed_text, value_text

NAMES = list(guild_settings_info())


def test_every_setting_is_in_one_group_and_explained() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(NAMES)
    assert set(ABOUT) == set(NAMES)


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


def test_what_is_picked_is_shown_as_mentions() -> None:
    marks = {"channels": "<#5>, <#6>", "roles": "<@&5>, <@&6>", "members": "<@5>, <@6>"}
    for name, kind in PICKED.items():
        assert str(value_text(name, (5, 6))) == marks[kind]
        assert parsed_value(name, marks[kind]) == (5, 6)
        assert str(value_text(name, ())) == "`none`"


def test_a_long_value_is_cut() -> None:
    voices = {f"agent{each}": "kokoro:af_heart" for each in range(25)}
    assert len(str(value_text("voices", voices))) <= 302
    assert str(value_text("volume_db", GuildSettings().volume_db)) == "`0`"
