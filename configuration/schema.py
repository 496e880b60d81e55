"""The tree of settings, read from nested pydantic models, and the allowed values of each.

A node is a ``Section`` (a model, or a mapping from user-chosen names to a model, like the agents)
or a ``Setting`` (a value).
"""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias, Union, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

Path: TypeAlias = tuple[str, ...]
"""The names from the root to a node: ``("pipeline", "stt", "model_size")``."""

SEPARATOR: Final = "__"
"""Between the parts of a path in the name of an environment variable."""

UNITS: Final[Mapping[str, str]] = {
    "_ms": "milliseconds",
    "_s": "seconds",
    "_days": "days",
    "_db": "dB",
    "_hz": "Hz",
    "_mb": "MB",
    "_bytes": "bytes",
    "_percent": "percent",
    "_chars": "characters",
    "_frames": "frames of 20 ms",
}
"""The unit that the end of a setting's name stands for."""

_KINDS: Final[Mapping[str, str]] = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_BOUNDS: Final[Mapping[str, str]] = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


@dataclass(frozen=True, slots=True)
class Setting:
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
        return "'format': 'password'" in str(self.schema)  # also in a list or an optional

    @property
    def is_container(self) -> bool:
        return any(variant.get("type") in ("array", "object") for variant in self.variants)

    @property
    def description(self) -> str:
        """The first paragraph of the docstring under the field, on one line."""
        return _first_paragraph(self.field.description)

    @property
    def allowed(self) -> str:
        """The allowed values: "a whole number from 1 to 65535", "one of auto, cpu, cuda"."""
        words = " or ".join(dict.fromkeys(map(_allowed, self.variants)))
        unit = next((unit for end, unit in UNITS.items() if self.path[-1].endswith(end)), "")
        is_number = any(v.get("type") in ("integer", "number") for v in self.variants)
        return f"{words} ({unit})" if unit and is_number else words

    def to_json(self, value: Any) -> Any:
        """Convert a value to JSON types: lists, numbers, text."""
        adapter: TypeAdapter[Any] = TypeAdapter(cast(Any, self.field.annotation))
        return adapter.dump_python(value, mode="json")


@dataclass(frozen=True, slots=True)
class Section:
    """A model with a fixed set of keys; with ``is_mapping``, any keys, each with such a model."""

    path: Path
    model: type[BaseModel]
    field: FieldInfo | None = None
    is_mapping: bool = False

    @property
    def names(self) -> list[str]:
        return [] if self.is_mapping else list(self.model.model_fields)

    @property
    def description(self) -> str:
        """The first paragraph of its docstring, on one line."""
        written = self.field.description if self.field and self.is_mapping else None
        return _first_paragraph(written or inspect.getdoc(self.model))

    def child(self, name: str) -> Node | None:
        if self.is_mapping:
            return Section((*self.path, name), self.model)
        field = self.model.model_fields.get(name)
        return None if field is None else _node((*self.path, name), self.model, name, field)

    def children(self, entry: str = "<name>") -> Iterator[Node]:
        """The nodes directly below, in the order of the code; ``entry`` is a user-chosen name."""
        for name in [entry] if self.is_mapping else self.names:
            child = self.child(name)
            assert child is not None
            yield child

    def nodes(self, entry: str = "<name>") -> Iterator[Node]:
        """Every section and setting below, in the order of the code."""
        for child in self.children(entry):
            yield child
            if isinstance(child, Section):
                yield from child.nodes(entry)

    def settings(self, entry: str = "<name>") -> Iterator[Setting]:
        """Every setting below, in the order of the code."""
        return (node for node in self.nodes(entry) if isinstance(node, Setting))

    def find(self, path: Path) -> Node | None:
        """The node at ``path`` below this one, or None."""
        node: Node | None = self
        for name in path:
            node = node.child(name) if isinstance(node, Section) and name else None
        return node


Node: TypeAlias = Setting | Section


def tree(model: type[BaseModel]) -> Section:
    """The whole tree under a model."""
    return Section((), model)


def dotted(path: Path) -> str:
    return ".".join(path)


def variable_name(path: Path) -> str:
    """The environment variable of a setting: ``PIPELINE__STT__MODEL_SIZE``."""
    return SEPARATOR.join(path).upper()


def _node(path: Path, model: type[BaseModel], name: str, field: FieldInfo) -> Node:
    section = _model_in(field.annotation)
    if section is not None:
        return Section(path, section, field)
    if get_origin(field.annotation) in (dict, Mapping, types.MappingProxyType):
        entry = _model_in(get_args(field.annotation)[1])
        if entry is not None:
            return Section(path, entry, field, is_mapping=True)
    whole = _json_schema(model)
    return Setting(path, field, _resolve(whole["properties"][name], whole.get("$defs", {})))


@cache
def _json_schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema()


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


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(_word(value) for value in schema["enum"])
    if "const" in schema:
        return _word(schema["const"])
    kind = schema.get("type", "")
    if kind == "array":
        items = schema.get("items") or schema.get("prefixItems", [{}])[0]
        return f"a list{_length(schema, 'Items')}, each {_allowed(items)}"
    if kind == "object":
        keys = schema.get("properties")
        return f"a mapping with {' and '.join(keys)}" if keys else "a mapping"
    if kind == "string":
        return _allowed_text(schema)
    return _KINDS.get(kind, "any value") + _range(schema)


def _allowed_text(schema: Mapping[str, Any]) -> str:
    if "examples" in schema:
        return f"text such as {' or '.join(map(str, schema['examples']))}"
    if "pattern" in schema:
        return f"text like {schema['pattern']}"
    named = {"path": "a path", "uri": "a URL"}.get(schema.get("format", ""))
    return named or "text" + _length(schema, "Length", " characters")


def _range(schema: Mapping[str, Any]) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f" from {schema['minimum']:.15g} to {schema['maximum']:.15g}"
    bounds = [f"{word} {schema[key]:.15g}" for key, word in _BOUNDS.items() if key in schema]
    return " " + " and ".join(bounds) if bounds else ""


def _length(schema: Mapping[str, Any], what: str, noun: str = "") -> str:
    least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}")
    if most is not None:
        return f" of {least} to {most}{noun}"
    if least == 1:
        return ", not empty"
    return f" of at least {least}{noun}" if least else ""


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
