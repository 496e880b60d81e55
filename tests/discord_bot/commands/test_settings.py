"""/settings, as the members see it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from database.errors import ChangeNotKept
from database.setting_values import guild_settings_info
from database.writer import Kept
from discord_bot.setting_texts import TITLES
from simulators.discord import CannotRun, Message, Moderation
from testing.calls import Calls
from tests.discord_bot.commands.conftest import manage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _as_before(c: Calls) -> Any:
    yield
    await manage(c, may=False)


async def ask(c: Calls, command: str, **options: object) -> Message:
    asked = await c.alice.run(command, options, channel=c.text)
    return await asked.answered()


async def test_all_settings_are_shown_with_who_chose_them_and_the_default(c: Calls) -> None:
    await manage(c)
    await ask(c, "settings set", setting="transcript_retention_days", value="7")
    asked = await c.alice.run("settings view", channel=c.text)
    await asked.answered()
    await c.settle()
    shown = "\n".join(each.content for each in asked.responses)
    assert all(each.ephemeral for each in asked.responses)
    assert all(f"- {title}: **" in shown for title in TITLES.values())
    assert not any(name in shown for name in guild_settings_info() if "_" in name)
    line = next(each for each in shown.splitlines() if "Keep transcripts" in each)
    assert line.startswith("- Keep transcripts for: **7 days** (default 30 days; chosen by ")
    assert f"<@{c.alice.id}>" in line
    assert not any(each.pings.users for each in asked.responses)


async def test_a_change_holds_at_once_and_is_told_in_the_call(c: Calls) -> None:
    await manage(c)
    room = await c.call_in()
    await c.settle()
    answer = await ask(c, "settings set", setting="languages", value="de, en")
    assert answer.ephemeral
    assert answer.content == "**Spoken languages**: now German and English, before all."
    assert list(room.controls.choices.languages or ()) == ["de", "en"]
    await c.settle()
    told = c.sim.messages(c.room)[-1].content
    assert told == "Alice has set it: **Spoken languages**: now German and English, before all."
    answer = await ask(c, "settings reset", setting="languages")
    assert answer.content == "**Spoken languages**: now all, before German and English."
    assert not room.controls.choices.languages
    again = await ask(c, "settings reset", setting="languages")
    assert again.content == "**Spoken languages** was that already: all."


async def test_what_the_notice_tells_of_is_told_once(c: Calls) -> None:
    await manage(c)
    await c.call_in()
    await c.settle()
    before = len(c.sim.messages(c.room))
    await ask(c, "settings set", setting="session_scope", value="guild")
    await c.settle()
    (told,) = c.sim.messages(c.room)[before:]
    assert told.content.startswith("This server has changed what I do:")


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        (
            "volume_db",
            "loud",
            "**Volume** cannot be “loud”. Allowed: percent from 7 to 251, or decibels such as "
            "`-6 dB`.",
        ),
        ("volume_db", "900 %", "percent from 7 to 251"),
        (
            "leave_when_idle_s",
            "2 days",
            "Allowed: a time such as `90 s`, `2 min` or `1 h`, at most 1 day; 0 is never.",
        ),
        ("leave_when_alone_s", "2 moons", "at most 1 day; 0 is at once."),
        ("transcript_retention_days", "36 hours", "Allowed: from 1 day to 365 days."),
        (
            "eager",
            "perhaps",
            "Allowed: `off` (never), `careful` (only what changes nothing), `on` (always).",
        ),
        ("transcripts", "**x**", "cannot be “\\*\\*x\\*\\*”. Allowed: `on`, `off`."),
        ("allowed_channels", "#nowhere", "Allowed: voice channels as mentions or ids, or `none`."),
        ("voices", "x" * 900, "Allowed: pairs such as"),
        ("agent", "gandalf", "I know no agent “gandalf”. There are: Friday, Jarvis, and Sage."),
        ("colour", "red", "There is no setting “colour”. There are: Agent, Sensitivity, "),
    ],
)
async def test_a_wrong_value_is_answered_with_what_is_allowed(
    c: Calls, setting: str, value: str, told: str
) -> None:
    await manage(c)
    before = c.bot.store.settings.of(c.guild.id)
    answer = await ask(c, "settings set", setting=setting, value=value)
    assert answer.ephemeral
    assert told in answer.content
    assert len(answer.content) < 1500
    assert c.bot.store.settings.of(c.guild.id) is before


async def test_members_change_only_how_the_call_they_are_in_sounds(c: Calls) -> None:
    room = await c.call_in()
    answer = await ask(c, "settings set", setting="volume_db", value="3")
    assert answer.content == "**Volume**: now 141 % (3 dB), before 100 % (0 dB)."
    assert room.controls.choices.volume_db == 3
    refused = await ask(c, "settings set", setting="transcripts", value="on")
    assert refused.content == "Only members with the permission to manage this server can do that."
    asked = await c.ben.run("settings set", {"setting": "volume_db", "value": "8"}, channel=c.text)
    assert "so you cannot change that setting" in (await asked.answered()).content
    assert room.controls.choices.volume_db == 3


async def test_names_and_values_are_completed(c: Calls) -> None:
    names = await c.alice.suggestions("settings set", "setting", "trans", channel=c.text)
    assert [each.value for each in names] == [
        "transcribed_bots",
        "transcripts",
        "transcript_retention_days",
        "transcripts_in_memory",
    ]
    eager, agent = {"setting": "eager"}, {"setting": "agent"}
    of, here = "settings set", c.text
    values = await c.alice.suggestions(of, "value", "o", options=eager, channel=here)
    assert [(each.name, each.value) for each in values] == [
        ("never", "off"),
        ("only what changes nothing", "careful"),
        ("always", "on"),
    ]
    idle = {"setting": "leave_when_idle_s"}
    values = await c.alice.suggestions(of, "value", "45 min", options=idle, channel=here)
    assert [(each.name, each.value) for each in values] == [("45 minutes", "2700")]
    values = await c.alice.suggestions(of, "value", "", options=idle, channel=here)
    assert [each.name for each in values][:3] == ["never", "5 minutes", "15 minutes"]
    values = await c.alice.suggestions(of, "value", "sa", options=agent, channel=here)
    assert [(each.name, each.value) for each in values] == [("Sage", "sage")]


async def test_a_value_is_written_as_it_is_shown(c: Calls) -> None:
    await manage(c)
    written = {
        "leave_when_alone_s": ("90 s", 90.0),
        "leave_when_idle_s": ("1 h 30 min", 5400.0),
        "volume_db": ("50 %", -6.0),
        "transcript_retention_days": ("7 days", 7),
        "languages": ("German, Japanese", ("de", "ja")),
        "eager": ("never", "off"),
    }
    for setting, (value, kept) in written.items():
        await ask(c, "settings set", setting=setting, value=value)
        assert getattr(c.bot.store.settings.of(c.guild.id), setting) == kept, setting


async def test_a_number_is_chosen_in_a_menu_with_its_unit(c: Calls) -> None:
    await manage(c)
    panel = await ask(c, "settings view", setting="leave_when_idle_s")
    answer = await (await c.alice.choose(panel, "15 minutes")).answered()
    assert answer.content == "**Leave a quiet call after**: now 15 minutes, before never."


async def test_channels_are_completed_by_name_and_only_those_that_the_member_sees(
    c: Calls,
) -> None:
    await manage(c)
    rooms = [c.guild.add_voice_channel(f"Room {each}") for each in range(60)]
    secret = c.guild.add_voice_channel("Room of secrets")
    secret.hide(c.ben.member)
    await c.until(lambda: c.bot.get_channel(secret.id) is not None)
    of, picked = "settings set", {"setting": "allowed_channels"}
    values = await c.alice.suggestions(of, "value", "room", options=picked, channel=c.text)
    assert len(values) == 25
    values = await c.alice.suggestions(of, "value", "secrets", options=picked, channel=c.text)
    assert [each.name for each in values] == ["none"]
    typed = f"{c.room.id}, room 59"
    (value,) = await c.alice.suggestions(of, "value", typed, options=picked, channel=c.text)
    await ask(c, "settings set", setting="allowed_channels", value=value.value)
    assert c.bot.store.settings.of(c.guild.id).allowed_channels == (c.room.id, rooms[59].id)


async def test_a_slow_database_does_not_keep_the_member_waiting(
    c: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    await manage(c)
    monkeypatch.setattr("discord_bot.commands.context.PROMPT_S", 0.05)
    written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    settings = c.bot.store.settings
    monkeypatch.setattr(settings, "set", lambda *_, **__: Kept(written))
    asked = await c.alice.run("settings set", {"setting": "eager", "value": "off"}, channel=c.text)
    await asked.acknowledged()
    assert asked.responses == []
    written.set_exception(ChangeNotKept("locked"))
    answer = await asked.answered()
    assert answer.ephemeral
    assert answer.content.endswith("But it could not be saved: it ends with my next restart.")


async def test_channels_roles_and_members_are_picked_in_a_menu(c: Calls) -> None:
    await manage(c)
    role = Moderation(c.guild).add_role("Friends")
    await c.until(lambda: c.bot.guilds[0].get_role(role.id) is not None)
    picked: list[tuple[str, Any, str]] = [
        ("allowed_roles", role, f"**Roles I hear**: now <@&{role.id}>, before everyone."),
        ("allowed_channels", c.room, f"**Channels I may join**: now <#{c.room.id}>, before all."),
        ("move_users", c.ben, f"**Members who may move me**: now <@{c.ben.id}>, before none."),
    ]
    for name, entity, told in picked:
        panel = await ask(c, "settings view", setting=name)
        answer = await (await c.alice.choose(panel, entity)).answered()
        assert answer.content == told
        assert answer.ephemeral
        assert getattr(c.bot.store.settings.of(c.guild.id), name) == (int(entity.id),)
        with_default = await ask(c, "settings view", setting=name)
        reset = await (await c.alice.click(with_default, "Use the default")).answered()
        assert reset.content.endswith(f", before {told.split('now ')[1].split(',')[0]}.")
        assert getattr(c.bot.store.settings.of(c.guild.id), name) == ()


async def test_a_value_of_few_is_chosen_in_a_menu(c: Calls) -> None:
    await manage(c)
    panel = await ask(c, "settings view", setting="locale")
    answer = await (await c.alice.choose(panel, "fr")).answered()
    assert answer.content == "**Language of messages**: now French, before the server's own."
    assert c.bot.languages.of(c.bot.guilds[0]) == "fr"


async def test_a_menu_does_nothing_once_the_right_is_gone(c: Calls) -> None:
    await manage(c)
    panel = await ask(c, "settings view", setting="transcripts")
    await manage(c, may=False)
    answer = await (await c.alice.choose(panel, "on")).answered()
    assert answer.content == "Only members with the permission to manage this server can do that."
    assert not c.bot.store.settings.of(c.guild.id).transcripts


async def test_who_may_not_change_a_setting_gets_no_menu(c: Calls) -> None:
    panel = await ask(c, "settings view", setting="transcripts")
    assert panel.content.endswith("-# You cannot change it here.")
    with pytest.raises(CannotRun):
        await c.alice.choose(panel, "on")


async def test_a_setting_can_be_named_as_the_member_reads_it(c: Calls) -> None:
    c.alice.locale = "de"
    shown = await ask(c, "settings view", setting="lautstärke")
    assert shown.content.startswith("Lautstärke: **100 % (0 dB)**")
    c.alice.locale = "en-US"
