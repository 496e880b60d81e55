"""The languages of Discord, and how its client chooses among translations (API docs, "Locales")."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator

from simulators.discord.errors import CannotRun

LOCALES: Final = frozenset(
    (
        *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu"),
        *("nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru"),
        *("uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko"),
    )
)
_FALLBACKS: Final = {"en-US": "en-GB", "en-GB": "en-US"}


def _known(locale: str) -> str:
    if locale not in LOCALES:
        raise ValueError(f"{locale!r} is no locale of Discord")
    return locale


Locale = Annotated[str, AfterValidator(_known)]


def check_locale(locale: str) -> str:
    """A locale that a member or a guild can have. Raises CannotRun."""
    if locale not in LOCALES:
        raise CannotRun(f"{locale!r} is no language of Discord's client, but {sorted(LOCALES)}")
    return locale


def translated(default: str, translations: dict[str, str] | None, locale: str) -> str:
    """What a client in ``locale`` shows: its translation, that of the other English, or none."""
    known = translations or {}
    return known.get(locale) or known.get(_FALLBACKS.get(locale, ""), default)
