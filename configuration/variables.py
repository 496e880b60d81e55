"""Settings from a ``.env`` file and from the environment: both are ``NAME=value``.

The readers never raise for what a user wrote; they return the problems beside the values.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dotenv.parser import parse_stream

from configuration.errors import Problem
from configuration.layer import Given, Layer
from configuration.schema import (
    SEPARATOR,
    Entries,
    Leaf,
    Node,
    Path,
    Section,
    leaves,
    similar,
    variable_name,
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A ``NAME=value``, and its place in words."""

    name: str
    value: str
    where: str


def parse_dotenv(text: str, name: str) -> tuple[list[Variable], list[Problem]]:
    """The assignments of a ``.env`` file, in its order. Nothing is interpolated."""
    found: list[Variable] = []
    problems: list[Problem] = []
    for binding in parse_stream(io.StringIO(text)):
        blank_lines = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
        line = binding.original.line + binding.original.string[:blank_lines].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            # The line itself is not shown: it may hold half a token.
            details = ("not of the form NAME=value; check its quotes",)
            problems.append(Problem(f"{name} line {line}", details))
        elif binding.key is not None:
            where = f"{name} line {line}: {binding.key}"
            found.append(Variable(binding.key, binding.value or "", where))
    return found, problems


def environment(environ: Mapping[str, str]) -> list[Variable]:
    """The variables of a process, in the order of their names."""
    return [
        Variable(name, value, f"environment variable {name}")
        for name, value in sorted(environ.items())
    ]


def read_variables(
    variables: Iterable[Variable],
    tree: Section,
    short_names: Mapping[str, Path],
    *,
    own_file: bool,
) -> Layer:
    """Match variables with settings; an empty value means not set.

    Names are matched without regard to case. In a file of our own every name must be a setting;
    in the environment only what begins with ``SECTION__`` is taken to be meant for us.
    """
    given: dict[Path, Given] = {}
    problems: list[Problem] = []
    for variable in variables:
        path = _path_of(variable.name, tree, short_names, own_file=own_file)
        if path is None:
            continue
        node = _find(tree, path)
        if not isinstance(node, Leaf):
            problems.append(Problem(variable.where, _unknown_variable(path, tree, short_names)))
        elif text := variable.value.strip():
            new = _from_text(node, text, variable.where)
            if isinstance(new, Problem):
                problems.append(new)
                continue
            if (old := given.get(path)) is not None and old.value != new.value:
                details = (f"the same setting has another value at {old.where}; keep one of them",)
                problems.append(Problem(new.where, details))
            given[path] = new
    return Layer(tuple(given.values()), problems=tuple(problems))


def _path_of(
    name: str, tree: Section, short_names: Mapping[str, Path], *, own_file: bool
) -> Path | None:
    """The path that a variable's name means (which may not exist), or None if it is not ours."""
    upper = name.upper()
    if upper in short_names:
        return short_names[upper]
    path = tuple(upper.lower().split(SEPARATOR))
    if own_file or (len(path) > 1 and path[0] in tree.names()):
        return path
    return None


def _find(tree: Section, path: Path) -> Node | None:
    node: Node | None = tree
    for name in path:
        if node is None or isinstance(node, Leaf):
            return None
        node = node.child(name)
    return node


def _from_text(leaf: Leaf, text: str, where: str) -> Given | Problem:
    """A list is written as JSON or with commas; everything else is read by the model."""
    if not leaf.is_container:
        return Given(leaf, text, where)
    if not text.startswith(("[", "{")):
        return Given(leaf, [part.strip() for part in text.split(",") if part.strip()], where)
    try:
        return Given(leaf, json.loads(text), where)
    except (ValueError, RecursionError) as error:
        shown = "(a secret, not shown)" if leaf.is_secret else text
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        return Problem(where, (f"given: {shown}", f"not valid JSON: {why}; or write a,b,c"))


def _unknown_variable(
    path: Path, tree: Section, short_names: Mapping[str, Path]
) -> tuple[str, ...]:
    if isinstance(_find(tree, path), Section | Entries):
        return (f"this is a section; its settings are named {variable_name(path)}__...",)
    entries = {
        name: path[1]
        for name in tree.names()
        if len(path) > 1 and path[0] == name and isinstance(tree.child(name), Entries)
    }
    entry = next(iter(entries.values()), "<name>")
    known = [variable_name(leaf.path) for leaf in leaves(tree, entry)] + list(short_names)
    near = similar(variable_name(path), known)
    if near is not None:
        return (f"there is no such setting; did you mean {near}?",)
    return ("there is no such setting; config.yaml lists them all",)
