"""Lay the sources over each other and validate the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from configuration import describe
from configuration.errors import Problem, SettingsError
from configuration.layer import Given, Layer
from configuration.schema import Entries, Path, Section, dotted, tree

M = TypeVar("M", bound=BaseModel)

_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")
"""The ``user:password@`` of a URL."""


def compose(model: type[M], file: Layer, *variables: Layer) -> M:
    """One model of the file and the variables, each over the one before, over the defaults.

    Entries (a mapping of the user's own names) that the file names take the place of the default
    ones, so that a default can be left out; variables add to them and change them.

    Raises:
        SettingsError: with every problem of every layer, and of the whole.
    """
    layers = (file, *variables)
    problems = [problem for layer in layers for problem in layer.problems]
    given = {item.leaf.path: item for layer in layers for item in layer.given}
    wrong = {path: item for path, item in given.items() if _is_wrong_boolean(item)}
    problems += [Problem(item.where, _given_and_allowed(item)) for item in wrong.values()]

    values = _entries_to_change(tree(model), file, variables)
    for path, item in given.items():
        if path not in wrong:
            _put(values, path, item.value)
    try:
        whole = model.model_validate(values)
    except ValidationError as error:
        problems += [_explain(details, given) for details in error.errors(include_url=False)]
        raise SettingsError(_without_secrets(problems, given.values())) from None
    if problems:
        raise SettingsError(_without_secrets(problems, given.values()))
    return whole


def _entries_to_change(root: Section, file: Layer, variables: Iterable[Layer]) -> dict[str, Any]:
    """The entries that the file names; else, where variables change any, the default ones."""
    values: dict[str, Any] = {}
    for path in file.named:
        _put(values, path, {})
    touched = [item.leaf.path for layer in variables for item in layer.given]
    for entries in _entries(root):
        if entries.path in file.named:
            continue
        if any(path[: len(entries.path)] == entries.path for path in touched):
            default = entries.field.get_default(call_default_factory=True)
            for name, entry in default.items():
                _put(values, (*entries.path, name), entry.model_dump(exclude_unset=True))
    return values


def _entries(section: Section) -> Iterable[Entries]:
    for child in section.children():
        if isinstance(child, Entries):
            yield child
        elif isinstance(child, Section):
            yield from _entries(child)


def _put(values: dict[str, Any], path: Path, value: Any) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def _is_wrong_boolean(item: Given) -> bool:
    """pydantic takes true for the number 1, which nobody who writes ``port: yes`` means."""
    return isinstance(item.value, bool) and not item.leaf.takes_bool


def _explain(error: ErrorDetails, given: Mapping[Path, Given]) -> Problem:
    """A validation error in the words of the place that the value came from."""
    location = tuple(str(part) for part in error["loc"])
    words = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    item = next(
        (given[location[:n]] for n in range(len(location), 0, -1) if location[:n] in given), None
    )
    if item is not None:
        details = _given_and_allowed(item)
        own_words = error["type"] in ("value_error", "assertion_error")
        return Problem(item.where, (*details, words) if own_words else details)
    places = [item.where for path, item in given.items() if path[: len(location)] == location]
    where = dotted(location) or "the settings together"
    sources = (f"set at: {'; '.join(places)}",) if location and places else ()
    return Problem(where, (words, *sources))


def _given_and_allowed(item: Given) -> tuple[str, ...]:
    if item.leaf.is_secret:
        shown = "given: (a secret, not shown)"
    else:
        shown = f"given: {_CREDENTIALS.sub('***@', repr(item.value))}"
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
