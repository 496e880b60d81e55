"""Reads durations that people write: "90 s", "2 minutes", "1 h 30 min", "1時間30分"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Final

from babel import Locale
from babel.units import format_unit

from translations.languages import LANGUAGES

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_LENGTHS: Final = ("long", "short", "narrow")
_ALSO: Final[Mapping[str, int]] = {"secs": 1, "mins": 60, "hrs": 3600}
_PART: Final = re.compile(r"(?:(\d{1,3}(?:[.,\s]\d{3})+)|(\d+(?:[.,]\d+)?))\s*([^\W\d]+)\.?\s*")
"""A number with separators of thousands, or with decimals; and its unit."""
_LONGEST: Final = 100


def seconds_of(text: str) -> float | None:
    """The seconds of a duration with its units, in any language that the bot writes, long or
    short; None for other words, and for a number without a unit."""
    rest, found = text.strip().casefold(), 0.0
    if not rest or len(rest) > _LONGEST:
        return None
    while rest:
        part = _PART.match(rest)
        if part is None or (unit := _units().get(part[3])) is None:
            return None
        grouped, plain = part[1], part[2]
        count = re.sub(r"\D", "", grouped) if grouped else plain.replace(",", ".")
        found += float(count) * unit
        rest = rest[part.end() :]
    return found


@cache
def _units() -> Mapping[str, int]:
    """The seconds of each unit by its words, case-folded."""
    return {
        word: seconds
        for language in LANGUAGES
        for unit, seconds in _SECONDS.items()
        for word in _words(unit, language)
    } | dict(_ALSO)


def _words(unit: str, language: str) -> Iterator[str]:
    locale = Locale.parse(language)
    for count, length in product((1, 2), _LENGTHS):
        written = format_unit(count, f"duration-{unit}", length=length, locale=locale)  # type: ignore[arg-type]
        yield re.sub(r"[\d\s.]", "", written).casefold()
