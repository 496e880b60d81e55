"""In which language the bot writes: to one member, in a server, and in the lists of commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location
from discord.app_commands import TranslationContextTypes

from translations import language_of
from translations.catalogue import MENU, OPTION, load_translations, translations

LanguageOf: TypeAlias = Callable[[int], str | None]
"""The language that a guild chose for public messages, by its id; None for the guild's own."""

_DEFAULT: Final = discord.Locale.american_english
_CONTEXTS: Final = {
    Location.command_description: None,
    Location.group_description: None,
    Location.parameter_description: None,
    Location.parameter_name: OPTION,
    Location.choice_name: None,
}


def no_language(_: int) -> str | None:
    """The language of a guild that chose none."""
    return None


class PublicLanguages:
    """The languages for what all members of a guild read. ``chosen`` comes before all else."""

    def __init__(self, chosen: LanguageOf = no_language) -> None:
        self.chosen = chosen
        self._callers: dict[int, str] = {}

    def called(self, guild_id: int, locale: discord.Locale) -> None:
        """Note the locale of the member who called the bot into a guild's channel."""
        self._callers[guild_id] = locale.value

    def forget(self, guild_id: int) -> None:
        """The bot is no longer in that guild."""
        self._callers.pop(guild_id, None)

    def of(self, guild: discord.Guild) -> str:
        """What the guild chose, or else its preferred locale.

        Discord lets only community servers choose a preferred locale. In every other server it is
        en-US, and the language of the member who called the bot takes its place.
        """
        return language_of(self._locale_of(guild))

    def spoken_in(self, guild: discord.Guild) -> str | None:
        """The ISO code of the same language, also of one that the bot does not write; None if
        nothing is known."""
        locale = self._locale_of(guild)
        return None if locale is None else locale.partition("-")[0]

    def _locale_of(self, guild: discord.Guild) -> str | None:
        chosen = self.chosen(guild.id)
        preferred = guild.preferred_locale
        is_choice = preferred is not _DEFAULT or "COMMUNITY" in guild.features
        if chosen is None and not is_choice:
            return self._callers.get(guild.id)
        return chosen or preferred.value


def public_language(client: discord.Client, guild: discord.Guild | None) -> str:
    """The language for what all members of a guild read; English without `PublicLanguages`."""
    languages = getattr(client, "languages", None)
    if guild is None or not isinstance(languages, PublicLanguages):
        return language_of(None)
    return languages.of(guild)


def answer_language(interaction: discord.Interaction, *, private: bool) -> str:
    """The language for an answer: the member's if ``private``, else `public_language`."""
    if private or interaction.guild is None:
        return language_of(interaction.locale.value)
    return public_language(interaction.client, interaction.guild)


class CommandTranslator(app_commands.Translator):
    """Translates what Discord shows of the commands, from the catalogues.

    The names of slash commands stay the same in all languages: messages name them.
    """

    async def load(self) -> None:
        load_translations()

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: TranslationContextTypes,
    ) -> str | None:
        known = translations(language_of(locale.value))
        if context.location is Location.command_name:
            is_menu = isinstance(context.data, app_commands.ContextMenu)
            return known.find(string.message, MENU) if is_menu else None
        if context.location not in _CONTEXTS:
            return None
        return known.find(string.message, _CONTEXTS[context.location])
