"""Discord's locales lead to the languages that the bot writes."""

from __future__ import annotations

import discord
import pytest

from translations import LANGUAGES, language_of


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("de", "de"),
        ("fr", "fr"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("ja", "ja"),
        ("pt-BR", "pt"),
        ("pt_PT", "pt"),
        ("PT-br", "pt"),
        ("pl", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_locale_has_a_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_each_language_is_one_of_discord() -> None:
    assert {language_of(locale.value) for locale in discord.Locale} == set(LANGUAGES)
