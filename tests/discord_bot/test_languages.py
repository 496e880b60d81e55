"""Each member reads the bot in their own language, and Discord lists its commands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord import app_commands

from discord_bot import languages
from discord_bot.languages import CommandTranslator, public_language
from simulators.discord import DiscordSimulator
from testing.calls import Calls, calls
from tests.discord_bot.test_bot import logged_in
from translations import LANGUAGES, SOURCE, language_of
from translations.catalogue import MENU, OPTION, Translations, translations

TRANSLATED = {
    locale.value: language_of(locale.value)
    for locale in discord.Locale
    if language_of(locale.value) != SOURCE
}
LONGEST_DESCRIPTION = 100
LONGEST_CHOICE = 100
SUBCOMMAND_GROUP = 2


# -- what Discord shows of the commands --------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def commands() -> list[dict[str, Any]]:
    """The commands as the bot registers them."""
    async with DiscordSimulator() as sim:
        sim.add_guild("A server")
        async with logged_in(sim):
            registered = sim.commands()
        assert sim.violations == []
    return registered


def parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command, its options and their options, and the choices of all."""
    yield command
    for option in command.get("options", []):
        yield from parts(option)
        yield from option.get("choices", [])


def runnable(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command, or the commands of a group: what has options of its own."""
    inner = [each for each in command.get("options", []) if each["type"] <= SUBCOMMAND_GROUP]
    for each in inner:
        yield from runnable(each)
    if not inner:
        yield command


def test_discord_has_all_six_languages() -> None:
    assert set(TRANSLATED) == {"de", "fr", "es-ES", "es-419", "ja", "pt-BR"}
    assert set(TRANSLATED.values()) == set(LANGUAGES) - {SOURCE}


@pytest.mark.asyncio(loop_scope="module")
async def test_every_description_is_translated_and_fits(commands: list[dict[str, Any]]) -> None:
    described = [part for each in commands for part in parts(each) if part.get("description")]
    assert len(described) > len(commands)
    for part in described:
        known = part["description_localizations"]
        assert set(known) == set(TRANSLATED), part["description"]
        for locale, text in known.items():
            assert text == translations(TRANSLATED[locale]).find(part["description"])
            assert 1 <= len(text) <= LONGEST_DESCRIPTION, (locale, text)
        assert len(part["description"]) <= LONGEST_DESCRIPTION
        assert part["description"] != "…", "an option without a description"


@pytest.mark.asyncio(loop_scope="module")
async def test_options_and_choices_are_translated_and_fit(commands: list[dict[str, Any]]) -> None:
    leaves = [leaf for each in commands for leaf in runnable(each)]
    options = [option for leaf in leaves for option in leaf.get("options", [])]
    assert options
    for option in options:
        known = option["name_localizations"]
        assert set(known) == set(TRANSLATED), option["name"]
        for locale, name in known.items():
            assert name == translations(TRANSLATED[locale]).find(option["name"], OPTION)
            assert re.fullmatch(r"[-_'\w]{1,32}", name), name
            assert name == name.lower()
        for choice in option.get("choices", []):
            assert set(choice["name_localizations"]) == set(TRANSLATED), choice["name"]
            longest = max(map(len, choice["name_localizations"].values()))
            assert longest <= LONGEST_CHOICE


@pytest.mark.asyncio(loop_scope="module")
async def test_the_options_of_a_command_differ_in_every_language(
    commands: list[dict[str, Any]],
) -> None:
    for command in (leaf for each in commands for leaf in runnable(each)):
        for locale in TRANSLATED:
            names = [each["name_localizations"][locale] for each in command.get("options", [])]
            assert len(set(names)) == len(names), (command["name"], locale)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_names_of_commands_are_the_same_everywhere(
    commands: list[dict[str, Any]],
) -> None:
    slash = [each for each in commands if each.get("type", 1) == 1]
    assert slash
    assert all(not each.get("name_localizations") for each in slash)


async def test_the_name_of_a_context_menu_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    async def leave_out(interaction: discord.Interaction, member: discord.Member) -> None: ...

    known = Translations({("Leave out of voice", MENU): ("Nicht zuhören",)})
    monkeypatch.setattr(languages, "translations", lambda _: known)
    menu = app_commands.ContextMenu(name="Leave out of voice", callback=leave_out)
    translator = CommandTranslator()
    where: Any = app_commands.TranslationContext(
        app_commands.TranslationContextLocation.command_name, menu
    )
    name = app_commands.locale_str("Leave out of voice")
    assert await translator.translate(name, discord.Locale.german, where) == "Nicht zuhören"


# -- what members read -------------------------------------------------------------------------


@pytest.fixture
def alice_speaks(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The ``locale`` with which Discord sends Alice's commands; to be set."""
    sent = {"locale": "en-US"}
    original = discord.Interaction._from_data

    def from_data(self: discord.Interaction, data: Any) -> None:
        original(self, data | sent)

    monkeypatch.setattr(discord.Interaction, "_from_data", from_data)
    return sent


async def prefer(c: Calls, locale: str) -> None:
    """The server chooses its language, as a community server can."""
    guild = c.bot.guilds[0]
    guild.preferred_locale = discord.Locale(locale)


PRIVATE = {
    "de": "Ich bin in keinem Sprachkanal: `/join` ruft mich.",
    "fr": "Je ne suis dans aucun salon vocal : `/join` m'appelle.",
    "es-ES": "No estoy en ningún canal de voz: `/join` me llama.",
    "es-419": "No estoy en ningún canal de voz: `/join` me llama.",
    "ja": "どのボイスチャンネルにもいません。`/join` で呼べます。",
    "pt-BR": "Não estou em nenhum canal de voz: `/join` me chama.",
    "en-GB": "I am in no voice channel: `/join` calls me.",
    "pl": "I am in no voice channel: `/join` calls me.",
}


async def test_a_private_answer_has_the_members_language(alice_speaks: dict[str, str]) -> None:
    async with calls(dave=False) as c:
        for locale, expected in PRIVATE.items():
            alice_speaks["locale"] = locale
            assert await c.run("status") == expected, locale
        assert c.sim.violations == []


async def test_a_refusal_has_the_members_language(alice_speaks: dict[str, str]) -> None:
    alice_speaks["locale"] = "de"
    async with calls(dave=False) as c:
        told = await c.run("join")
        assert told == "Geh zuerst in einen Sprachkanal oder nenne einen: `/join kanal:`."
        told = await c.run("sensitivity", level="low")
        assert "kannst du die Empfindlichkeit nicht wählen" in told


async def test_a_public_answer_has_the_servers_language(alice_speaks: dict[str, str]) -> None:
    alice_speaks["locale"] = "de"
    async with calls(dave=False) as c:
        await prefer(c, "fr")
        await c.call_in()
        await c.settle()
        assert c.posted()[-1].startswith("Jarvis écoute dans ")
        answer = await c.ask("sensitivity", level="low")
        assert not answer.ephemeral
        assert answer.content.startswith("La sensibilité est basse. Je réponds à mon nom")
        assert (await c.ask("why")).content.startswith("Ich habe noch nichts von dir gehört")


async def test_a_servers_choice_comes_before_its_locale() -> None:
    async with calls(dave=False) as c:
        await prefer(c, "fr")
        guild = c.bot.guilds[0]
        assert public_language(c.bot, guild) == "fr"
        c.bot.languages.chosen = {guild.id: "ja"}.get
        assert public_language(c.bot, guild) == "ja"
        await c.call_in()
        await c.settle()
        assert "で聞いています。詳しくは：" in c.posted()[-1]


async def test_speech_is_first_expected_in_the_servers_language() -> None:
    async with calls(dave=False) as c:
        guild = c.bot.guilds[0]
        assert c.bot.languages.spoken_in(guild) is None, "nobody has said which"
        await prefer(c, "pl")
        room = await c.call_in()
        assert c.bot.languages.spoken_in(guild) == "pl", "which the bot does not write"
        assert room.controls.choices.locale == "pl"


async def test_without_a_choice_it_writes_as_the_member_who_called_it(
    alice_speaks: dict[str, str],
) -> None:
    alice_speaks["locale"] = "es-419"
    async with calls(dave=False) as c:
        guild = c.bot.guilds[0]
        assert public_language(c.bot, guild) == "en", "not called yet"
        await c.call_in()
        await c.settle()
        assert c.posted()[-1].startswith("Jarvis escucha en ")
        guild.features = ["COMMUNITY"]
        assert public_language(c.bot, guild) == "en", "that is the server's choice"
        guild.features = []
        c.bot.languages.forget(guild.id)
        assert public_language(c.bot, guild) == "en"


def test_a_client_without_languages_writes_english() -> None:
    client = discord.Client(intents=discord.Intents.none())
    assert public_language(client, None) == "en"


async def test_the_room_is_told_of_an_obstacle_in_the_servers_language() -> None:
    async with calls(dave=False) as c:
        await prefer(c, "pt-BR")
        await c.call_in()
        c.sim.deafen(c.guild)
        await c.sim.wait_for_message(
            c.room, lambda told: told.content.startswith("Estou ensurdecido neste servidor"), 10.0
        )
        c.sim.deafen(c.guild, False)
        await c.sim.wait_for_message(
            c.room, lambda told: told.content == "Consigo ouvir vocês de novo.", 10.0
        )
