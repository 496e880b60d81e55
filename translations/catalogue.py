"""Reads the catalogues: gettext's ``.po`` files, without a build step.

A catalogue is read when its language is first wanted, and kept. One that is missing or damaged is
logged once, and the bot writes English instead.
"""

from __future__ import annotations

import gettext
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from translations.languages import LANGUAGES, SOURCE

log = logging.getLogger(__name__)

DOMAIN: Final = "bot"
LOCALES: Final = Path(__file__).parent / "locales"

OPTION: Final = "option"
"""Context of the names of a command's options."""
MENU: Final = "menu"
"""Context of the names of context menu commands."""

Key = tuple[str, str | None]
"""The English text, or the singular of a plural, with its context."""


def catalogue_file(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def key_of(entry: Message) -> Key:
    """The key of a catalogue's entry."""
    return (entry.id if isinstance(entry.id, str) else entry.id[0], entry.context)


def forms_of(entry: Message) -> tuple[str, ...]:
    """The translations of an entry, by plural form; one where it has no plurals."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _first(_: int) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Translations:
    """The translated texts of one language."""

    forms: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    """By key; several where the text has plurals."""
    form_of: Callable[[int], int] = _first
    """Which plural form belongs to a number."""

    def find(self, source: str, context: str | None = None) -> str | None:
        """The translation of a text; None if there is none."""
        forms = self.forms.get((source, context))
        return None if forms is None else forms[0]

    def find_plural(self, singular: str, count: int) -> str | None:
        """The translation of a plural for a number; None if there is none."""
        forms = self.forms.get((singular, None), ())
        form = self.form_of(count)
        return forms[form] if form < len(forms) else None


@cache
def translations(language: str) -> Translations:
    """The catalogue of a language; an empty one for English, and for one that cannot be read."""
    if language == SOURCE:
        return Translations()
    path = catalogue_file(language)
    try:
        with path.open("rb") as file:
            return _of(read_po(file, locale=language, abort_invalid=True))
    except (OSError, ValueError, PoFileError) as error:
        log.error("the translations in %s cannot be read; English is used: %s", path, error)
        return Translations()


def load_translations() -> None:
    """Read all catalogues now, not at the first text of a language."""
    for language in LANGUAGES:
        translations(language)


def _of(catalog: Catalog) -> Translations:
    forms: dict[Key, tuple[str, ...]] = {}
    for entry in catalog:
        if not entry.id or entry.fuzzy:
            continue
        texts = forms_of(entry)
        if texts and all(texts):
            forms[key_of(entry)] = texts
    return Translations(forms, gettext.c2py(catalog.plural_expr))
