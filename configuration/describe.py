"""Settings in words: what a value may be, in which unit, and why the setting exists."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, cast

from pydantic import BaseModel, TypeAdapter

from configuration.schema import Leaf

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
"""What the last part of a setting's name says about its unit."""

_NOUNS: Final[Mapping[str, str]] = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
}


def unit(leaf: Leaf) -> str:
    """The unit that the setting's name ends on, or an empty string."""
    return next((word for ending, word in UNITS.items() if leaf.path[-1].endswith(ending)), "")


def allowed(leaf: Leaf) -> str:
    """What the setting may be: "a whole number from 1 to 65535", "one of auto, cpu, cuda"."""
    words = " or ".join(dict.fromkeys(map(_variant, leaf.variants)))
    measure = unit(leaf)
    if measure and any(v.get("type") in ("integer", "number") for v in leaf.variants):
        words += f" ({measure})"
    return words


def plain(leaf: Leaf, value: Any) -> Any:
    """A setting's value as JSON has it: lists, numbers, text."""
    adapter: TypeAdapter[Any] = TypeAdapter(cast(Any, leaf.field.annotation))
    return adapter.dump_python(value, mode="json")


def why(leaf: Leaf, model: type[BaseModel]) -> str:
    """The first paragraph of the text under the field, on one line."""
    text = leaf.field.description or field_docstrings(model).get(leaf.path[-1], "")
    return " ".join(text.strip().split("\n\n")[0].split())


def about(model: type[BaseModel]) -> str:
    """The first paragraph of a section's docstring, on one line."""
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())


@cache
def field_docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """The string literals under a model's fields, its bases' included."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if not issubclass(cls, BaseModel) or cls is BaseModel:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(words))),
                ):
                    found[name] = inspect.cleandoc(words)
    return found


def _variant(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(_word(value) for value in schema["enum"])
    if "const" in schema:
        return _word(schema["const"])
    kind = schema.get("type", "")
    if kind == "array":
        return f"a list{_length(schema)}, each {_items(schema)}"
    if kind == "object":
        keys = schema.get("properties")
        return f"a mapping with {' and '.join(keys)}" if keys else "a mapping"
    if kind == "string":
        return _text(schema)
    return _NOUNS.get(kind, "any value") + _range(schema)


def _items(schema: Mapping[str, Any]) -> str:
    items = schema.get("items")
    if not isinstance(items, dict) or not items:
        items = next(iter(schema.get("prefixItems", [])), {})
    return _variant(items)


def _text(schema: Mapping[str, Any]) -> str:
    if "examples" in schema:
        return f"text such as {' or '.join(map(str, schema['examples']))}"
    if "pattern" in schema:
        return f"text like {schema['pattern']}"
    if schema.get("format") == "path":
        return "a path"
    if schema.get("format") == "uri":
        return "a URL"
    return "text" + _length(schema, "minLength", "maxLength", " characters")


def _range(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {_number(low)} to {_number(high)}"
    bounds = [
        f"{word} {_number(bound)}"
        for word, bound in (
            ("at least", low),
            ("above", above),
            ("at most", high),
            ("below", below),
        )
        if bound is not None
    ]
    return " " + " and ".join(bounds) if bounds else ""


def _length(
    schema: Mapping[str, Any], low: str = "minItems", high: str = "maxItems", noun: str = ""
) -> str:
    least, most = schema.get(low, 0), schema.get(high)
    if most is not None:
        return f" of {least} to {most}{noun}"
    if least == 1:
        return ", not empty"
    return f" of at least {least}{noun}" if least else ""


def _number(value: float) -> str:
    return f"{value:.15g}"


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
