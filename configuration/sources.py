"""The sources of settings, as pydantic-settings takes them.

Those that it brings for YAML, ``.env`` and the environment know no line of a value, and pass over
unknown names and keys given twice; these keep all of it in their `Layer`.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic_settings import BaseSettings, InitSettingsSource

from configuration.errors import Problem
from configuration.layer import Layer, put, read_text
from configuration.schema import Entries, Path, Section, tree
from configuration.variables import VariableNames, environment, parse_dotenv, read_variables
from configuration.yaml_file import parse_yaml


class PlacedSource(InitSettingsSource):
    """Values for pydantic-settings, and with ``layer`` their places and what was wrong."""

    def __init__(self, model: type[BaseSettings], layer: Layer) -> None:
        super().__init__(model, layer.nested())
        self.layer = layer


class YamlSource(PlacedSource):
    """``config.yaml``; one that is not ``required`` may be absent."""

    def __init__(
        self,
        model: type[BaseSettings],
        path: pathlib.Path,
        *,
        required: bool,
        variables: Mapping[str, Path] = MappingProxyType({}),
    ) -> None:
        def parse(text: str) -> Layer:
            return parse_yaml(text, path.name, tree(model), variables)

        super().__init__(model, _layer_of_file(path, parse, required=required))


class DotenvSource(PlacedSource):
    """``.env``; one that is not ``required`` may be absent."""

    def __init__(
        self,
        model: type[BaseSettings],
        path: pathlib.Path,
        names: VariableNames,
        *,
        required: bool,
    ) -> None:
        def parse(text: str) -> Layer:
            variables, malformed = parse_dotenv(text, path.name)
            layer = read_variables(variables, names, own_file=True)
            return dataclasses.replace(layer, problems=(*malformed, *layer.problems))

        super().__init__(model, _layer_of_file(path, parse, required=required))


class EnvironmentSource(PlacedSource):
    """The variables of a process."""

    def __init__(
        self,
        model: type[BaseSettings],
        environ: Mapping[str, str],
        names: VariableNames,
    ) -> None:
        super().__init__(model, read_variables(environment(environ), names, own_file=False))


class DefaultEntries(InitSettingsSource):
    """The default entries of every mapping that is not ``named``, for variables to change.

    pydantic-settings merges into a default that is a model, but not into one that is a mapping.
    """

    def __init__(self, model: type[BaseSettings], named: Collection[Path]) -> None:
        values: dict[str, Any] = {}
        for entries in _entries(tree(model)):
            if entries.path not in named:
                default = entries.field.get_default(call_default_factory=True)
                for name, entry in default.items():
                    put(values, (*entries.path, name), entry.model_dump(exclude_unset=True))
        super().__init__(model, values)


def _layer_of_file(path: pathlib.Path, parse: Callable[[str], Layer], *, required: bool) -> Layer:
    if not required and not path.exists():
        return Layer()
    text = read_text(path)
    return Layer(problems=(text,)) if isinstance(text, Problem) else parse(text)


def _entries(section: Section) -> Iterator[Entries]:
    for child in section.children():
        if isinstance(child, Entries):
            yield child
        elif isinstance(child, Section):
            yield from _entries(child)
