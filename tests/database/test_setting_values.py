"""Every value that a server may choose survives text and database; every other one is refused."""

from __future__ import annotations

import asyncio
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.errors import InvalidSetting
from database.guild_settings import LOCALES, MOST_IDS, GuildSettings, MayChange, guild_defaults
from database.location import Location
from database.setting_values import (
    checked_value,
    guild_settings_info,
    json_value,
    parsed_value,
    setting_info,
    shown_value,
)
from database.store import open_store
from openclaw_client.session_keys import SessionScope
from settings import Settings

IDS = st.lists(st.integers(1, 2**63 - 1), max_size=MOST_IDS, unique=True).map(tuple)
CODES = st.text(string.ascii_lowercase, min_size=2, max_size=3)
AGENTS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,63}", fullmatch=True)
VOICES = st.text(string.ascii_letters + string.digits + ":+_-", min_size=1, max_size=100)
SECONDS = st.floats(0, 86_400).map(lambda s: round(s, 3))
CHOICE = {name: st.sampled_from(info.choices) for name, info in guild_settings_info().items()
          if info.choices and info.choices != ("on", "off")}  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.booleans() for name, info in guild_settings_info().items()
       if info.choices == ("on", "off")},
    **CHOICE,
    **{name: IDS for name in guild_settings_info()
       if name.endswith(("_channels", "_roles", "_users", "_bots"))},
    "volume_db": st.floats(-24, 8).map(lambda db: round(db, 2)),
    "voices": st.dictionaries(AGENTS, VOICES, max_size=25),
    "leave_when_idle_s": SECONDS,
    "leave_when_alone_s": SECONDS,
    "auto_join_members": st.integers(1, 99),
    "transcript_retention_days": st.integers(1, 365),
    "agent": AGENTS,
    "languages": st.lists(CODES, max_size=20).map(tuple),
}  # fmt: skip


def test_every_setting_is_tried() -> None:
    assert VALUES.keys() == guild_settings_info().keys() == GuildSettings.model_fields.keys()


@pytest.mark.parametrize("name", VALUES)
def test_a_value_survives_json_and_words(name: str) -> None:
    @given(VALUES[name])
    @settings(max_examples=30, deadline=None)
    def survives(value: Any) -> None:
        assert checked_value(name, json_value(name, value)) == value
        if not isinstance(value, float):
            assert parsed_value(name, shown_value(name, value)) == value

    survives()


@given(st.sets(st.sampled_from(sorted(VALUES)), max_size=6), st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_chosen_is_there_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, names: set[str], data: st.DataObject
) -> None:
    location = Location(tmp_path_factory.mktemp("values") / "bot.db")
    chosen = {name: data.draw(VALUES[name], label=name) for name in names}

    async def twice() -> GuildSettings:
        async with open_store(location) as store:
            for name, value in chosen.items():
                store.settings.set(1, name, value)
            before = store.settings.of(1)
        async with open_store(location) as store:
            assert store.settings.of(1) == before
            return before

    assert asyncio.run(twice()) == GuildSettings().model_copy(update=chosen)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("volume_db", "-2,5", -2.5),
        ("volume_db", " “3” ", 3.0),
        ("notice_spoken", "Off", False),
        ("transcripts", "yes", True),
        ("allowed_channels", "<#12> <#34>,<#12>", (12, 34)),
        ("allowed_roles", "<@&12><@&34>", (12, 34)),
        ("move_users", "<@12>, <@!34>, 56", (12, 34, 56)),
        ("move_users", "none", ()),
        ("languages", "[de, en]", ("de", "en")),
        ("voices", "jarvis=kokoro:af_heart, sage = espeak:de", None),
        ("voices", "jarvis=kokoro:af_heart, sage=espeak:de",
         {"jarvis": "kokoro:af_heart", "sage": "espeak:de"}),
        ("sensitivity", "high", "high"),
        ("locale", "ja", "ja"),
    ],
)  # fmt: skip
def test_what_members_write(name: str, text: str, value: Any) -> None:
    if value is None:
        with pytest.raises(InvalidSetting):
            parsed_value(name, text)
    else:
        assert parsed_value(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("volume_db", "loud", "a number from -24 to 8 (dB)"),
        ("volume_db", "nan", "a number from -24 to 8 (dB)"),
        ("volume_db", "inf", "a number from -24 to 8 (dB)"),
        ("transcripts", "maybe", "on or off"),
        ("move_users", "Alice", "a list of 0 to 50, each a whole number"),
        ("move_users", "0", "a list of 0 to 50, each a whole number"),
        ("move_users", ", ".join(map(str, range(1, 60))), "a list of 0 to 50"),
        ("sensitivity", "very", "one of low, medium, high"),
        ("voices", "kokoro:af_heart", "a mapping"),
        ("auto_join_members", "1.5", "a whole number from 1 to 99"),
        ("agent", "no such agent", "text such as jarvis or sage"),
        ("transcript_retention_days", "0", "a whole number from 1 to 365 (days)"),
        ("languages", "english", "a list of 0 to 20, each text such as en or de"),
    ],
)
def test_a_wrong_value_names_setting_value_and_what_is_allowed(
    name: str, text: str, allowed: str
) -> None:
    with pytest.raises(InvalidSetting) as caught:
        parsed_value(name, text)
    words = str(caught.value)
    assert words.startswith(f"{name} cannot be ")
    assert text[:20].split(",")[0] in words
    assert allowed in words
    assert len(words) < 300


def test_a_wrong_name_has_a_hint() -> None:
    with pytest.raises(InvalidSetting, match="did you mean sensitivity"):
        setting_info("sensitivty")


def test_each_setting_has_words_and_who_may_change_it() -> None:
    for info in guild_settings_info().values():
        assert info.description.endswith(".")
        assert info.allowed
    in_call = {n for n, i in guild_settings_info().items() if i.may_change is MayChange.IN_CALL}
    assert in_call == {"agent", "sensitivity", "volume_db"}
    assert setting_info("locale").choices == LOCALES


def test_the_scopes_are_those_of_the_sessions() -> None:
    assert set(setting_info("session_scope").choices) == {each.value for each in SessionScope}


def test_the_defaults_are_those_of_the_operator() -> None:
    operator = Settings.model_validate(
        {"guilds": {"transcripts": True}, "pipeline": {"stt": {"language": "de"}}}
    )
    defaults = guild_defaults(
        operator.guilds, agent="max", sensitivity="high", session_scope="guild",
        stt=operator.pipeline.stt, turn=operator.pipeline.turn, leave_when_alone_s=7,
    )  # fmt: skip
    assert defaults == GuildSettings(
        transcripts=True, agent="max", sensitivity="high", session_scope="guild",
        languages=("de",), leave_when_alone_s=7,
    )  # fmt: skip


def test_the_operators_language_is_a_servers_list_before_their_list() -> None:
    operator = Settings.model_validate(
        {"pipeline": {"stt": {"language": "de", "languages": ["en", "de"]}}}
    )
    defaults = guild_defaults(
        operator.guilds, agent="max", sensitivity="high", session_scope="guild",
        stt=operator.pipeline.stt, turn=operator.pipeline.turn, leave_when_alone_s=7,
    )  # fmt: skip
    assert defaults.languages == ("de",)
