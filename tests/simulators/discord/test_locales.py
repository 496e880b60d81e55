from __future__ import annotations

import discord
import pytest

from simulators.discord.errors import CannotRun
from simulators.discord.locales import LOCALES, check_locale, translated


def test_the_languages_are_those_that_discord_py_knows() -> None:
    assert set(map(str, discord.Locale)) == LOCALES


def test_a_translation_is_found_or_the_other_english_or_none() -> None:
    words = {"de": "Farbe", "en-GB": "colour"}
    shown = {locale: translated("color", words, locale) for locale in ("de", "en-US", "ja")}
    assert shown == {"de": "Farbe", "en-US": "colour", "ja": "color"}
    assert translated("color", None, "de") == "color"


def test_a_language_that_discord_does_not_have() -> None:
    with pytest.raises(CannotRun, match="'de-AT' is no language"):
        check_locale("de-AT")
