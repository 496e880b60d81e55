"""Have pydantic-settings make one model of the sources, and say of each wrong value where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

from configuration import describe
from configuration.errors import Problem, SettingsError
from configuration.layer import Given
from configuration.schema import Path, dotted
from configuration.sources import DefaultEntries, PlacedSource
from configuration.text import without_login

S = TypeVar("S", bound=BaseSettings)

_WORD = re.compile(r"\w+")


def compose(
    model: type[S], file: PlacedSource, *variables: PlacedSource, others: Iterable[Problem] = ()
) -> S:
    """One model of the file and the variables, each over the one before, over the defaults.

    Entries (a mapping of the user's own names) that the file names take the place of the default
    ones, so that a default can be left out; variables add to them and change them. ``others`` are
    problems that were found elsewhere, to be told with those of the settings.

    Raises:
        SettingsError: with every problem of every source, and of the whole.
    """
    sources = (file, *variables)
    problems = [problem for source in sources for problem in source.layer.problems]
    # pydantic-settings merges values alone: the place of each that prevails is found again here.
    given = {item.leaf.path: item for source in sources for item in source.layer.given}
    problems += others
    problems += [
        Problem(item.where, _given_and_allowed(item))
        for item in given.values()
        if item.is_wrong_boolean
    ]
    highest_first = (*reversed(sources), DefaultEntries(model, file.layer.named))
    try:
        whole = model(_build_sources=(highest_first, {}))
    except ValidationError as error:
        named = {path: where for each in sources for path, where in each.layer.named.items()}
        errors = error.errors(include_url=False)
        problems += [_explain(details, given, named) for details in errors]
        raise SettingsError(_without_secrets(problems, given.values())) from None
    if problems:
        raise SettingsError(_without_secrets(problems, given.values()))
    return whole


def _explain(
    error: ErrorDetails, given: Mapping[Path, Given], named: Mapping[Path, str]
) -> Problem:
    """A validation error in the words of the place that the value came from."""
    location = tuple(str(part) for part in error["loc"] if part != "[key]")
    words = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    item = next(
        (given[location[:n]] for n in range(len(location), 0, -1) if location[:n] in given), None
    )
    if item is not None:
        details = _given_and_allowed(item)
        own_words = error["type"] in ("value_error", "assertion_error")
        return Problem(item.where, (*details, words) if own_words else details)
    if error["type"] == "too_short":
        words = "names nothing, and must name one at least; left out, it has its defaults"
    return _explain_whole(location, words, given, named)


def _explain_whole(
    location: Path, words: str, given: Mapping[Path, Given], named: Mapping[Path, str]
) -> Problem:
    """What a section's own validator said, with the places of the settings that it spoke of.

    One that begins with ``name:`` blames that setting alone; else all that it names are meant.
    """
    below = [item for path, item in given.items() if path[: len(location)] == location]
    if location in named:
        return Problem(named[location], (words,))
    blamed, colon, rest = words.partition(": ")
    if colon:
        item = next((each for each in below if each.leaf.path == (*location, blamed)), None)
        if item is not None:
            return Problem(item.where, (*_given_and_allowed(item), rest))
    spoken_of = set(_WORD.findall(words))
    places = [item.where for item in below if item.leaf.path[-1] in spoken_of]
    where = dotted(location) or "the settings together"
    sources = (f"set at: {'; '.join(places)}",) if location and places else ()
    return Problem(where, (words, *sources))


def _given_and_allowed(item: Given) -> tuple[str, ...]:
    if item.leaf.is_secret:
        shown = "given: (a secret, not shown)"
    else:
        shown = f"given: {without_login(item.written or repr(item.value))}"
    return (shown, f"allowed: {describe.allowed(item.leaf)}")


def _without_secrets(problems: Iterable[Problem], given: Iterable[Given]) -> list[Problem]:
    """Each problem once, and every secret struck out of what a validator may have said."""
    secrets = [str(item.value) for item in given if item.leaf.is_secret]

    def clean(text: str) -> str:
        for secret in secrets:
            # Shorter ones would strike out parts of common words.
            text = text.replace(secret, "***") if len(secret) >= 4 else text
        return text

    once = dict.fromkeys(problems)
    return [Problem(clean(p.where), tuple(map(clean, p.details))) for p in once]
