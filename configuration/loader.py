"""Merge the sources of settings with pydantic-settings; give each wrong value its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
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
from configuration.schema import Path, Section, Setting, dotted, tree
from configuration.text import without_login

S = TypeVar("S", bound=BaseSettings)

_WORD = re.compile(r"\w+")


class SettingsTree(BaseSettings):
    """Base of the root of all settings: arguments over defaults, whatever the environment.

    `compose` adds files and variables.
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

    Entries of a mapping in the file replace the default entries, so that a default can be left
    out; variables add entries and change them. ``others`` are problems found elsewhere, to list
    with those of the settings.

    Raises:
        SettingsError: with every problem of every source, and of the whole.
    """
    layers = (file, *variables)
    # pydantic-settings merges the values; this merges their places.
    given = {path: item for layer in layers for path, item in layer.given.items()}
    problems = [*(problem for layer in layers for problem in layer.problems), *others]
    values = [*(layer.nested() for layer in reversed(layers)), _default_entries(model, file)]
    sources = tuple(InitSettingsSource(model, each) for each in values)
    try:
        whole = model(_build_sources=(sources, {}))
    except ValidationError as error:
        problems += [_explain(each, given) for each in error.errors(include_url=False)]
    else:
        if not problems:
            return whole
    raise SettingsError(_without_secrets(problems, given.values())) from None


def _default_entries(model: type[BaseSettings], file: Layer) -> dict[str, Any]:
    """The default entries of every mapping that the file does not give.

    pydantic-settings merges into a default that is a model, but not into one that is a mapping.
    """
    values: dict[str, Any] = {}
    for node in _mappings(model):
        if node.path not in file.given:
            assert node.field is not None
            default = node.field.get_default(call_default_factory=True)
            for name, entry in default.items():
                put(values, (*node.path, name), entry.model_dump(exclude_unset=True))
    return values


@cache
def _mappings(model: type[BaseSettings]) -> tuple[Section, ...]:
    nodes = tree(model).nodes()
    return tuple(node for node in nodes if isinstance(node, Section) and node.is_mapping)


def _explain(error: ErrorDetails, given: Mapping[Path, Given]) -> Problem:
    """The problem for a validation error, at the place that the value came from.

    A section's own validator may begin its message with ``name:``; then the error belongs to that
    setting. Else it belongs to all settings that the message mentions.
    """
    location = tuple(str(part) for part in error["loc"] if part != "[key]")
    words = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    for length in range(len(location), 0, -1):
        item = given.get(location[:length])
        if item is not None and isinstance(item.node, Setting):
            reason = (words,) if error["type"] in ("value_error", "assertion_error") else ()
            return Problem(item.where, (*_given_and_allowed(item), *reason))
    if (item := given.get(location)) is not None:
        if error["type"] == "too_short":
            words = "is empty, and must name at least one; left out, it has its defaults"
        return Problem(item.where, (words,))
    subject, _, rest = words.partition(": ")
    if (item := given.get((*location, subject))) is not None:
        return Problem(item.where, (*_given_and_allowed(item), rest))
    mentioned = set(_WORD.findall(words))
    places = [
        item.where
        for path, item in given.items()
        if path[: len(location)] == location and path[-1] in mentioned
    ]
    sources = (f"set at: {'; '.join(places)}",) if location and places else ()
    return Problem(dotted(location) or "the settings together", (words, *sources))


def _given_and_allowed(item: Given) -> tuple[str, str]:
    assert isinstance(item.node, Setting)
    shown = "nothing" if item.value is None else without_login(repr(item.value))
    if item.node.is_secret:
        shown = "(a secret, not shown)"
    return f"given: {shown}", f"allowed: {item.node.allowed}"


def _without_secrets(problems: Iterable[Problem], given: Iterable[Given]) -> list[Problem]:
    """Each problem once, with every secret that a validator may quote replaced by ``***``."""
    secrets = [
        str(item.value)
        for item in given
        if isinstance(item.node, Setting) and item.node.is_secret and len(str(item.value)) >= 4
    ]  # shorter ones would strike out parts of common words

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        return text

    once = dict.fromkeys(problems)
    return [Problem(clean(p.where), tuple(map(clean, p.details))) for p in once]
