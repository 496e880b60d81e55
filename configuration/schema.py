"""The tree of settings as names: which sections exist, which keys they hold, what a key takes.

Built from nested pydantic models. Three kinds of node: a ``Section`` (a model), ``Entries`` (a
mapping from names of the user's choice to a model, like the agents) and a ``Leaf`` (a value).
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Path: TypeAlias = tuple[str, ...]
"""Where a setting is, from the top: ``("pipeline", "stt", "model_size")``."""

SEPARATOR = "__"
"""Between the parts of a path in the name of an environment variable."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A setting with a value. ``schema`` is its JSON schema, with references resolved."""

    path: Path
    field: FieldInfo
    schema: Mapping[str, Any]

    @property
    def variants(self) -> list[Mapping[str, Any]]:
        """The alternatives of its JSON schema, without null."""
        return [v for v in self.schema.get("anyOf", [self.schema]) if v.get("type") != "null"]

    @property
    def is_secret(self) -> bool:
        return _mentions_password(self.schema)

    @property
    def is_container(self) -> bool:
        return any(variant.get("type") in ("array", "object") for variant in self.variants)

    @property
    def takes_bool(self) -> bool:
        # A schema without a type takes anything.
        return any(variant.get("type", "boolean") == "boolean" for variant in self.variants)


@dataclass(frozen=True, slots=True)
class Section:
    """A model: a fixed set of keys."""

    path: Path
    model: type[BaseModel]

    def names(self) -> list[str]:
        return list(self.model.model_fields)

    def child(self, name: str) -> Node | None:
        field = self.model.model_fields.get(name)
        return None if field is None else _node((*self.path, name), self.model, name, field)

    def children(self) -> Iterator[Node]:
        for name, field in self.model.model_fields.items():
            yield _node((*self.path, name), self.model, name, field)


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping from names of the user's choice to sections of one model."""

    path: Path
    model: type[BaseModel]
    field: FieldInfo

    def child(self, name: str) -> Section:
        return Section((*self.path, name), self.model)


Node: TypeAlias = Leaf | Section | Entries


def tree(model: type[BaseModel]) -> Section:
    """The whole tree under a model."""
    return Section((), model)


def leaves(node: Node, entry: str = "<name>") -> Iterator[Leaf]:
    """Every setting under a node, in the order of the code; ``entry`` stands for chosen names."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Entries):
        yield from leaves(node.child(entry), entry)
    else:
        for child in node.children():
            yield from leaves(child, entry)


def find(tree: Section, path: Path) -> Node | None:
    """What is at ``path``, if there can be anything."""
    node: Node | None = tree
    for name in path:
        if node is None or isinstance(node, Leaf) or not name:
            return None
        node = node.child(name)
    return node


def dotted(path: Path) -> str:
    return ".".join(path)


def variable_name(path: Path) -> str:
    """The environment variable of a setting: ``PIPELINE__STT__MODEL_SIZE``."""
    return SEPARATOR.join(path).upper()


def _node(path: Path, model: type[BaseModel], name: str, field: FieldInfo) -> Node:
    section = _model_in(field.annotation)
    if section is not None:
        return Section(path, section)
    if get_origin(field.annotation) in (dict, Mapping, types.MappingProxyType):
        entry = _model_in(get_args(field.annotation)[1])
        if entry is not None:
            return Entries(path, entry, field)
    whole = _json_schema(model)
    return Leaf(path, field, _resolve(whole["properties"][name], whole.get("$defs", {})))


@cache
def _json_schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema()


def _mentions_password(schema: Any) -> bool:
    if isinstance(schema, dict):
        return schema.get("format") == "password" or any(map(_mentions_password, schema.values()))
    return isinstance(schema, list) and any(map(_mentions_password, schema))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation means, looking through ``| None``."""
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _model_in(inner[0]) if len(inner) == 1 else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _resolve(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_resolve(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    resolved = {key: _resolve(value, definitions) for key, value in schema.items()}
    reference = resolved.pop("$ref", None)
    if reference is None:
        return resolved
    return {**_resolve(definitions[reference.rsplit("/", 1)[-1]], definitions), **resolved}
