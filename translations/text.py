"""Texts that become words late, in the language of their reader.

Every `Text` can be compared and hashed, and ``str(text)`` is its English, for logs and agents.
"""

from __future__ import annotations

import datetime
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from babel import Locale
from babel.dates import format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from translations.catalogue import translations
from translations.languages import SOURCE, WITHOUT_SPACES

log = logging.getLogger(__name__)

PLACEHOLDER: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_MINUTES_FROM: Final = 1.5
"""A duration is told in a greater unit from this many of them on: 89 seconds, then 2 minutes."""

_CUT: Final = "..."
_SOUNDS_LIKE_Y: Final = re.compile(r"h?[ií](?![aeou])", re.IGNORECASE)
"""Words before which Spanish writes "e" in place of "y"; Babel does not."""


class Text(ABC):
    """Words for people, in no language yet."""

    @abstractmethod
    def to(self, language: str) -> str:
        """The words in one of `translations.LANGUAGES`. Never raises for a faulty translation."""

    def __str__(self) -> str:
        return self.to(SOURCE)


Value: TypeAlias = str | int | Text
"""What takes the place of a placeholder. A number is written as its reader writes numbers, so an
id must be a string."""
_Values: TypeAlias = tuple[tuple[str, Value], ...]


def message(source: str, /, **values: Value) -> Text:
    """A text of the catalogue: its English, with ``{names}`` for the values.

    ``source`` must be a literal, since the catalogues are made from the code.
    """
    return _Message(source, tuple(values.items()))


def plural(one: str, many: str, /, *, count: int, **values: Value) -> Text:
    """A text of the catalogue that depends on a number, which ``{count}`` stands for.

    ``one`` and ``many`` are English, and literals. Other languages may have more forms, or fewer.
    """
    return _Plural(one, many, count, (("count", count), *values.items()))


def catalogued(source: str, context: str | None = None) -> Text:
    """A text that stands in the catalogues for another reason, such as a command's description;
    ``context`` is that of its entry."""
    return _Message(source, (), context)


def verbatim(words: str) -> Text:
    """Words that are the same in every language: an agent's answer, a name, a mention."""
    return _Verbatim(words)


def sentences(*texts: Text | None) -> Text:
    """Sentences, one after another; None is left out."""
    return _Joined(tuple(each for each in texts if each is not None), " ", spaced=False)


def clause(sentence: Text) -> Text:
    """A sentence without its full stop, for another one to go on from."""
    return _Clause(sentence)


def bold(text: Text) -> Text:
    """In Discord's heavy letters."""
    return _Joined((verbatim("**"), text, verbatim("**")), "")


def small(text: Text) -> Text:
    """A line in Discord's small, grey letters."""
    return _Joined((verbatim("-#"), text), " ")


def shortened(text: Text, longest: int) -> Text:
    """A text on one line of at most ``longest`` characters."""
    return _Shortened(text, longest)


def joined(texts: Iterable[Text], between: str) -> Text:
    """Texts, with the same between them in every language."""
    return _Joined(tuple(texts), between)


def lines(texts: Iterable[Text]) -> Text:
    """Texts, one below another."""
    return _Joined(tuple(texts), "\n")


def listing(items: Iterable[str | Text]) -> Text:
    """An enumeration: "one, two and three"."""
    return _Listing(tuple(items))


def number(value: float, *, decimals: int = 0) -> Text:
    """A number with that many decimals: "1,234.5", in German "1.234,5"."""
    return _Number(value, decimals)


def duration(seconds: float) -> Text:
    """A duration in its greatest unit: "12 seconds", "3 minutes"."""
    return _Duration(round(seconds))


def ago(seconds: float) -> Text:
    """How long something is past: "12 seconds ago"."""
    return _Duration(max(1, round(seconds)), past=True)


def exact_duration(seconds: float) -> Text:
    """A duration in the greatest unit that it has a whole number of: "90 seconds", "2 minutes"."""
    return _ExactDuration(seconds)


def language_name(code: str) -> Text:
    """The name of a language by its ISO code: "German"; the code itself where it has none."""
    return _LanguageName(code)


# -- internal ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Message(Text):
    source: str
    values: _Values
    context: str | None = None

    def to(self, language: str) -> str:
        found = translations(language).find(self.source, self.context)
        return _filled(self.source, found, dict(self.values), language)


@dataclass(frozen=True, slots=True)
class _Plural(Text):
    one: str
    many: str
    count: int
    values: _Values

    def to(self, language: str) -> str:
        source = self.one if self.count == 1 else self.many
        found = translations(language).find_plural(self.one, self.count)
        return _filled(source, found, dict(self.values), language)


@dataclass(frozen=True, slots=True)
class _Verbatim(Text):
    words: str

    def to(self, language: str) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class _Clause(Text):
    sentence: Text

    def to(self, language: str) -> str:
        return self.sentence.to(language).removesuffix(".").removesuffix("。")


@dataclass(frozen=True, slots=True)
class _Shortened(Text):
    text: Text
    longest: int

    def to(self, language: str) -> str:
        line = " ".join(self.text.to(language).split())
        if len(line) <= self.longest:
            return line
        return line[: self.longest - len(_CUT)].rstrip() + _CUT


@dataclass(frozen=True, slots=True)
class _Joined(Text):
    texts: tuple[Text, ...]
    between: str
    spaced: bool = True
    """False leaves out ``between`` in `WITHOUT_SPACES`."""

    def to(self, language: str) -> str:
        unspaced = not self.spaced and language in WITHOUT_SPACES
        return ("" if unspaced else self.between).join(each.to(language) for each in self.texts)


@dataclass(frozen=True, slots=True)
class _Listing(Text):
    items: tuple[str | Text, ...]

    def to(self, language: str) -> str:
        words = [_words(each, language) for each in self.items]
        listed = format_list(words, locale=_cldr(language))
        if language == "es" and len(words) > 1 and _SOUNDS_LIKE_Y.match(words[-1]):
            return f"{listed.removesuffix(words[-1]).removesuffix(' y ')} e {words[-1]}"
        return listed


@dataclass(frozen=True, slots=True)
class _Number(Text):
    value: float
    decimals: int

    def to(self, language: str) -> str:
        pattern = "#,##0" + ("." + "0" * self.decimals if self.decimals else "")
        return format_decimal(self.value, format=pattern, locale=_cldr(language))


@dataclass(frozen=True, slots=True)
class _Duration(Text):
    seconds: int
    past: bool = False

    def to(self, language: str) -> str:
        delta = datetime.timedelta(seconds=-self.seconds if self.past else self.seconds)
        return format_timedelta(
            delta, threshold=_MINUTES_FROM, add_direction=self.past, locale=_cldr(language)
        )


@dataclass(frozen=True, slots=True)
class _ExactDuration(Text):
    seconds: float

    def to(self, language: str) -> str:
        for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
            if self.seconds >= length and not self.seconds % length:
                return format_unit(self.seconds // length, unit, locale=_cldr(language))
        return format_unit(self.seconds, "second", locale=_cldr(language))


@dataclass(frozen=True, slots=True)
class _LanguageName(Text):
    code: str

    def to(self, language: str) -> str:
        return str(_cldr(language).languages.get(self.code, self.code))


def _filled(source: str, translated: str | None, values: Mapping[str, Value], language: str) -> str:
    if translated is not None:
        try:
            return _fill(translated, values, language)
        except KeyError as error:
            _log_once(language, source, f"it has the unknown placeholder {error}")
    elif language != SOURCE:
        _log_once(language, source, "it is missing")
    try:
        return _fill(source, values, language)
    except KeyError as error:
        _log_once(SOURCE, source, f"it has the unknown placeholder {error}")
        return source


def _fill(text: str, values: Mapping[str, Value], language: str) -> str:
    """
    Raises:
        KeyError: a placeholder without a value.
    """
    return PLACEHOLDER.sub(lambda found: _words(values[found[1]], language), text)


def _words(value: Value, language: str) -> str:
    if isinstance(value, Text):
        return value.to(language)
    if isinstance(value, int):
        return _Number(value, 0).to(language)
    return str(value)


@cache
def _cldr(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _log_once(language: str, source: str, why: str) -> None:
    log.error("the translation (%s) of %r is not used: %s", language, source, why)
