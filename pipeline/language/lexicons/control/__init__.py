"""What ends a reply, in each language: data only.

The languages are those with word lists, and some that have only these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.control.english import ENGLISH
from pipeline.language.lexicons.control.french import FRENCH
from pipeline.language.lexicons.control.german import GERMAN
from pipeline.language.lexicons.control.japanese import JAPANESE
from pipeline.language.lexicons.control.portuguese import PORTUGUESE
from pipeline.language.lexicons.control.spanish import SPANISH
from pipeline.language.lexicons.control.words import ControlWords

__all__ = ["CONTROL", "ControlWords"]

CONTROL: Final[Mapping[str, ControlWords]] = MappingProxyType(
    {
        "en": ENGLISH,
        "de": GERMAN,
        "fr": FRENCH,
        "es": SPANISH,
        "pt": PORTUGUESE,
        "ja": JAPANESE,
    }
)
"""The phrases by ISO code."""
