"""What one source of settings gives: values with their places, problems and notices."""

from __future__ import annotations

import codecs
import pathlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from configuration.errors import Problem
from configuration.schema import Node, Path, Section


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a source gives, and its place in words.

    An entry of a mapping is given by its name alone: its value is then empty.
    """

    node: Node
    value: Any
    where: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about a source that can be used.

    A notice ``about`` a setting is shown only if no variable gives that setting.
    """

    words: str
    about: Path | None = None


@dataclass(slots=True)
class Layer:
    """What one source gives. A reader does not raise for wrong input: it adds a problem."""

    given: dict[Path, Given] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def problem(self, where: str, *details: str) -> None:
        self.problems.append(Problem(where, details))

    def nested(self) -> dict[str, Any]:
        """The values under their sections, as a model takes them."""
        values: dict[str, Any] = {}
        for path, item in self.given.items():
            put(values, path, copy(item.value))
        return values


def laid_over(lower: Layer, upper: Layer) -> Layer:
    """Both layers as one: what ``upper`` gives replaces what ``lower`` does.

    A mapping, such as the agents, is replaced with all its entries.
    """
    mappings = [
        path
        for path, item in upper.given.items()
        if isinstance(item.node, Section) and item.node.is_mapping
    ]
    kept = {
        path: item
        for path, item in lower.given.items()
        if not any(path[: len(mapping)] == mapping for mapping in mappings)
    }
    return Layer(
        {**kept, **upper.given},
        [*lower.problems, *upper.problems],
        [*lower.notices, *upper.notices],
    )


def put(values: dict[str, Any], path: Path, value: Any) -> None:
    """Set the value at ``path`` of nested ``values``; create the sections above it."""
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def read_file(path: pathlib.Path, parse: Callable[[str, str], Layer], *, required: bool) -> Layer:
    """Call ``parse`` with the text and name of a file, which may be absent unless ``required``."""
    layer = Layer()
    try:
        data = path.read_bytes()
        # Windows PowerShell writes UTF-16 with a byte order mark.
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16" if wide else "utf-8-sig")
        return parse(text.replace("\r\n", "\n").replace("\r", "\n"), path.name)
    except FileNotFoundError:
        if required:
            layer.problem(str(path), "there is no such file")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        layer.problem(f"{path} line {line}", "the file is not UTF-8 text")
    except OSError as error:
        layer.problem(str(path), f"cannot be read: {error.strerror}")
    return layer
