"""The word lists of the language rules, a file for each language.

All entries are lower case. Some have only abbreviations and answers (`abbreviations`), the
others only the international ones. Names and question marks work in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.abbreviations import ABBREVIATED
from pipeline.language.lexicons.english import ENGLISH
from pipeline.language.lexicons.german import GERMAN
from pipeline.language.lexicons.model import BEFORE_NUMBERS, INTERNATIONAL, Language, words

__all__ = ["COMMON_WORDS", "ENGLISH", "GERMAN", "LANGUAGES", "MACHINES", "Language", "language"]

_UNKNOWN: Final = Language(
    code="", abbreviations=INTERNATIONAL, number_abbreviations=BEFORE_NUMBERS
)
_LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType({"en": ENGLISH, "de": GERMAN})

COMMON_WORDS: Final = words(
    "the a an and or but if then so as at by for from in into of off on out over to up with about "
    "is are was were be been do does did have has had will would can could should may might must "
    "i you he she it we they me him her us them my your his its our their this that these those "
    "what who where when why how which not no yes all any some one two here there now just very "
    "der die das und oder aber wenn dann so als an bei für von in im ins auf aus über zu zum zur "
    "mit ist sind war waren sein hat haben wird kann ich du er sie es wir ihr mir dir ihm mich "
    "dich mein dein was wer wo wann warum wie nicht nein ja alle hier da jetzt nur sehr man"
)
"""Words too common to be taken for a person's name."""

MACHINES: Final = words("alexa siri cortana bixby google")
"""Other assistants that people call by name."""


LANGUAGES: Final = tuple(_LANGUAGES.values())
"""The languages with word lists."""


def language(code: str | None) -> Language:
    """The data for an ISO code: English for None, only abbreviations for most others."""
    if code is None:
        return ENGLISH
    short = code.split("-")[0].lower()
    return _LANGUAGES.get(short) or ABBREVIATED.get(short, _UNKNOWN)
