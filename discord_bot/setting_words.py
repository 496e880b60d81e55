"""Reads the values of settings as members write them: in the words that they are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from babel import Locale

from configuration.text import cleaned, visible
from database.setting_values import checked_value, guild_settings_info, parsed_value, setting_info
from discord_bot.setting_texts import (
    EMPTY,
    EMPTY_LISTS,
    PICKED,
    ZERO,
    choice_text,
    decibels_of,
)
from translations import LANGUAGES, SOURCE, Text
from translations.durations import seconds_of

_PERCENT: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*%(?:\s*\(.*\))?")
_LEAST_PERCENT: Final = 0.1
"""Below it no volume is meant; the setting's own range is narrower."""
_DECIBELS: Final = re.compile(r"(?:.*\()?\s*([-+−]?\d+(?:[.,]\d+)?)\s*dB\)?", re.IGNORECASE)
_COUNT: Final = re.compile(r"(\d+)\s*[^\W\d]*")
_AND: Final = re.compile(r" ?(?:[,;、]|\b(?:and|und|et|y|e)\b) ?", re.IGNORECASE)
_DAY_S: Final = 86_400.0
LONGEST: Final = 1_000
"""The characters of a value that are read as words."""


def written_value(name: str, text: str, language: str) -> Any:
    """The value that a member wrote, as `setting_texts.value_text` shows it in ``language`` or in
    English ("2 minutes", "80 %", "German and English", "always"), or as `parsed_value` reads it.

    Raises:
        InvalidSetting: no such setting, or the value is not allowed.
    """
    setting_info(name)
    if len(text) > LONGEST:
        return parsed_value(name, text)
    written = cleaned(visible(text))
    for each in dict.fromkeys((language, SOURCE)):
        found = _fixed_words(name, each).get(_folded(written))
        if found is not None:
            return parsed_value(name, found)
    read = _READERS.get(name)
    value = None if read is None else read(unicodedata.normalize("NFKC", written))
    return parsed_value(name, text) if value is None else checked_value(name, value)


@cache
def _fixed_words(name: str, language: str) -> Mapping[str, str]:
    """The values of a setting that have words in a language, by those words, case-folded."""
    words: dict[Text, str] = {}
    for value in guild_settings_info()[name].choices:
        if (shown := choice_text(name, value)) is not None:
            words[shown] = value
    if name in ZERO:
        words[ZERO[name]] = "0"
    if name in PICKED or name in EMPTY:
        empty = (EMPTY[name],) if name in EMPTY else EMPTY_LISTS
        words |= dict.fromkeys(empty, "none")
    return {_folded(shown.to(language)): value for shown, value in words.items()}


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def _volume(written: str) -> float | None:
    if found := _DECIBELS.fullmatch(written):
        return float(found[1].replace(",", ".").replace("−", "-"))
    if (found := _PERCENT.fullmatch(written)) is None:
        return None
    percent = float(found[1].replace(",", "."))
    return decibels_of(percent) if percent >= _LEAST_PERCENT else None


def _days(written: str) -> float | None:
    seconds = seconds_of(written)
    return None if seconds is None else seconds / _DAY_S


def _count(written: str) -> int | None:
    found = _COUNT.fullmatch(written)
    return None if found is None else int(found[1])


def _languages(written: str) -> list[str]:
    names = [each for each in _AND.split(" ".join(written.split())) if each]
    return [_language_codes().get(each.casefold(), each.casefold()) for each in names]


@cache
def _language_codes() -> Mapping[str, str]:
    """ISO codes by the names of the languages in the languages that the bot writes."""
    return {
        name.casefold(): code
        for language in LANGUAGES
        for code, name in Locale.parse(language).languages.items()
        if re.fullmatch("[a-z]{2,3}", code)
    }


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "leave_when_alone_s": seconds_of,
    "leave_when_idle_s": seconds_of,
    "volume_db": _volume,
    "transcript_retention_days": _days,
    "auto_join_members": _count,
    "languages": _languages,
}
"""How the values of a setting are read that have units or names; None for other words."""
