"""YAML in which a key that stands twice in one mapping is an error.

PyYAML keeps the last value and drops the others silently; YAML 1.2 demands unique keys.
"""

from __future__ import annotations

from typing import Any, Final

import yaml
from yaml.composer import Composer

_MAX_DEPTH: Final = 40
"""Sections and lists within each other; PyYAML takes most of a second to fail at Python's limit."""

_NOTHING: Final = ("", "~", "null", "Null", "NULL")


class _UniqueKeys(Composer):
    """Composes mappings, and refuses those with a key twice and deep nesting."""

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        if self._depth > _MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[attr-defined]
            problem = "sections or lists are nested too deeply"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                if (key.tag, key.value) in lines:
                    first = lines[key.tag, key.value]
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key.value!r} on line {line} is already on line {first}; "
                        "keep one of them",
                        problem_mark=key.start_mark,
                    )
                lines[key.tag, key.value] = line
        return node


class _TypedLoader(_UniqueKeys, yaml.SafeLoader):
    """Converts numbers, truth values and dates."""


class _TextLoader(_UniqueKeys, yaml.BaseLoader):
    """Leaves every scalar text, but for nothing at all and ``null``."""

    def construct_scalar(self, node: Any) -> Any:
        text = super().construct_scalar(node)
        return None if node.style is None and text in _NOTHING else text


def load_yaml(text: str | bytes, *, as_text: bool = False) -> Any:
    """The document in ``text``; with ``as_text`` every scalar is text, or None for no value.

    Raises:
        yaml.YAMLError: it is not valid YAML, it is nested too deeply, or a mapping has a key twice;
            says which, and both lines.
    """
    return yaml.load(text, Loader=_TextLoader if as_text else _TypedLoader)
