"""The languages that the bot writes."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

SOURCE: Final = "en"
"""The language of the texts in the code."""
LANGUAGES: Final = (SOURCE, "de", "es", "fr", "ja", "pt")
"""Codes of ISO 639-1. A further language has a catalogue of its own, and stands here."""
PLURAL_FORMS: Final = {
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ja": "nplurals=1; plural=0;",
    "pt": "nplurals=2; plural=(n > 1);",
}
"""How each language counts, in gettext's words. Babel's own rules differ between its versions."""
WITHOUT_SPACES: Final = frozenset({"ja"})
"""Languages whose sentences follow each other without a space."""


@lru_cache(maxsize=256)
def language_of(locale: str | None) -> str:
    """The language for a locale, such as "pt-BR"; English where the bot does not write its own.

    The country does not matter: Brazil and Portugal, Spain and Latin America read one catalogue.
    """
    primary = (locale or "").replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else SOURCE
