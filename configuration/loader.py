"""Merge the sources of settings with pydantic-settings; give each wrong value its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from configuration.errors import Problem, SettingsError
from configuration.layers import Given, Layer, put
from configuration.schema import Path, Section, dotted, tree
from configuration.text import without_login

S = TypeVar("S", bound=BaseSettings)

_WORD = re.compile(r"\w+")


class SettingsTree(BaseSettings):
    """Base of the root of all settings: made of arguments and defaults, whatever the environment.

    Files and variables come through `compose`, which knows the place of every value.
    """

    model_config = SettingsConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def compose(model: type[S], file: Layer, *variables: Layer, others: Iterable[Problem] = ()) -> S:
    """One model of the file and the variables, each over the one before, over the defaults.

    Entries (a mapping with names of the user's) in the file replace the default entries, so that a
    default can be left out; variables add to them and change them. ``others`` are problems found
    elsewhere, to be listed with those of the settings.

    Raises:
        SettingsError: with every problem of every source, and of the whole.
    """
    layers = (file, *variables)
    # pydantic-settings merges values alone: these are the places of those that prevail.
    given = {path: item for layer in layers for path, item in layer.given.items()}
    problems = [problem for layer in layers for problem in layer.problems] + list(others)
    problems += [
        Problem(item.where, _given_and_allowed(item))
        for item in given.values()
        if item.is_wrong_boolean
    ]
    values = [*(layer.nested() for layer in reversed(layers)), _default_entries(model, file)]
    sources = tuple(InitSettingsSource(model, each) for each in values)
    try:
        whole = model(_build_sources=(sources, {}))
    except ValidationError as error:
        named = {path: where for layer in layers for path, where in layer.named.items()}
        problems += [_explain(each, given, named) for each in error.errors(include_url=False)]
        raise SettingsError(_without_secrets(problems, given.values())) from None
    if problems:
        raise SettingsError(_without_secrets(problems, given.values()))
    return whole


def _default_entries(model: type[BaseSettings], file: Layer) -> dict[str, Any]:
    """The default entries of every mapping that the file does not name.

    pydantic-settings merges into a default that is a model, but not into one that is a mapping.
    """
    values: dict[str, Any] = {}
    for node in tree(model).nodes():
        if isinstance(node, Section) and node.is_mapping and node.path not in file.named:
            assert node.field is not None
            default = node.field.get_default(call_default_factory=True)
            for name, entry in default.items():
                put(values, (*node.path, name), entry.model_dump(exclude_unset=True))
    return values


def _explain(
    error: ErrorDetails, given: Mapping[Path, Given], named: Mapping[Path, str]
) -> Problem:
    """The problem for a validation error, at the place that the value came from."""
    location = tuple(str(part) for part in error["loc"] if part != "[key]")
    words = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    for length in range(len(location), 0, -1):
        if (item := given.get(location[:length])) is not None:
            reason = (words,) if error["type"] in ("value_error", "assertion_error") else ()
            return Problem(item.where, (*_given_and_allowed(item), *reason))
    if location in named:
        if error["type"] == "too_short":
            words = "is empty, and must name at least one; left out, it has its defaults"
        return Problem(named[location], (words,))
    return _explain_section(location, words, given)


def _explain_section(location: Path, words: str, given: Mapping[Path, Given]) -> Problem:
    """The problem for an error of a section's own validator.

    A message that begins with ``name:`` is about that setting; else about all that it names.
    """
    subject, colon, rest = words.partition(": ")
    item = given.get((*location, subject)) if colon else None
    if item is not None:
        return Problem(item.where, (*_given_and_allowed(item), rest))
    mentioned = set(_WORD.findall(words))
    places = [
        item.where
        for path, item in given.items()
        if path[: len(location)] == location and path[-1] in mentioned
    ]
    sources = (f"set at: {'; '.join(places)}",) if location and places else ()
    return Problem(dotted(location) or "the settings together", (words, *sources))


def _given_and_allowed(item: Given) -> tuple[str, ...]:
    shown = without_login(item.written or repr(item.value))
    if item.setting.is_secret:
        shown = "(a secret, not shown)"
    return (f"given: {shown}", f"allowed: {item.setting.allowed}")


def _without_secrets(problems: Iterable[Problem], given: Iterable[Given]) -> list[Problem]:
    """Each problem once, with every secret that a validator may have quoted replaced by ``***``."""
    secrets = [str(item.value) for item in given if item.setting.is_secret]

    def clean(text: str) -> str:
        for secret in secrets:
            # Shorter ones would strike out parts of common words.
            text = text.replace(secret, "***") if len(secret) >= 4 else text
        return text

    once = dict.fromkeys(problems)
    return [Problem(clean(p.where), tuple(map(clean, p.details))) for p in once]
