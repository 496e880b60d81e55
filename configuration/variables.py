"""Settings from a ``.env`` file and from the environment: both are ``NAME=value``.

The readers never raise for what a user wrote; they return the problems beside the values.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dotenv.parser import parse_stream

from configuration.errors import Problem
from configuration.layer import Given, Layer, Notice
from configuration.schema import (
    SEPARATOR,
    Entries,
    Leaf,
    Path,
    Section,
    find,
    leaves,
    variable_name,
)
from configuration.suggest import similar_end, similar_flat, similar_path
from configuration.text import cleaned, visible


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
            key = visible(binding.key)
            found.append(Variable(key, binding.value or "", f"{name} line {line}: {key}"))
    return found, problems


def environment(environ: Mapping[str, str]) -> list[Variable]:
    """The variables of a process, in the order of their names."""
    return [
        Variable(name, value, f"environment variable {name}")
        for name, value in sorted(environ.items())
    ]


@dataclass(frozen=True, slots=True)
class VariableNames:
    """What variables may be called, beside the long names of their settings.

    ``aliases`` are what people write for one of ours, such as the name in another program.
    """

    tree: Section
    short: Mapping[str, Path]
    aliases: Mapping[str, Path] = field(default_factory=dict)

    def of(self, path: Path) -> str:
        """The name to tell people: the short one, where there is one."""
        return next((name for name, own in self.short.items() if own == path), variable_name(path))

    def meant_by(self, name: str) -> str | None:
        """The name that one outside our sections was most likely meant to be."""
        alias = self.aliases.get(name.upper())
        if alias is not None:
            return self.of(alias)
        paths = [leaf.path for leaf in leaves(self.tree)]
        path = similar_end(tuple(name.lower().split(SEPARATOR)), paths)
        return similar_flat(name, self.short, paths) if path is None else self.of(path)


def read_variables(variables: Iterable[Variable], names: VariableNames, *, own_file: bool) -> Layer:
    """Match variables with settings; an empty value means not set.

    Names are matched without regard to case. In a file of our own an alias is understood, a name
    that is nearly a setting's is refused, and others are told. In the environment, which is other
    programs' too, only what begins with ``SECTION__`` is taken to be meant for us; the rest is told
    where it is like one of ours.
    """
    reading = _Reading(names)
    for variable in variables:
        path = _path_of(variable.name, names)
        if path is not None:
            reading.take(variable, path)
        elif not own_file:
            reading.point_out(variable)
        elif (alias := names.aliases.get(variable.name.upper())) is not None:
            reading.take_alias(variable, alias)
        else:
            reading.take_foreign(variable)
    return reading.layer()


class _Reading:
    """Collects what one source gives."""

    def __init__(self, names: VariableNames) -> None:
        self._names = names
        self._given: dict[Path, Given] = {}
        self._aliased: dict[Path, tuple[Variable, Given]] = {}
        self._foreign: list[str] = []
        self._problems: list[Problem] = []
        self._notices: list[Notice] = []

    def take(self, variable: Variable, path: Path) -> None:
        """A variable that is meant for us."""
        node = find(self._names.tree, path)
        if not isinstance(node, Leaf):
            words = _unknown_variable(path, self._names)
            self._problems.append(Problem(variable.where, words))
            return
        new = self._value(variable, node)
        if new is None:
            return
        if (old := self._given.get(path)) is not None and old.value != new.value:
            details = (f"the same setting has another value at {old.where}; keep one of them",)
            self._problems.append(Problem(new.where, details))
        self._given[path] = new

    def take_alias(self, variable: Variable, path: Path) -> None:
        """A variable with another program's name for one of our settings."""
        node = find(self._names.tree, path)
        assert isinstance(node, Leaf)
        value = self._value(variable, node)
        if value is not None:
            self._aliased.setdefault(path, (variable, value))

    def take_foreign(self, variable: Variable) -> None:
        """A variable of a name that we do not know: a slip, or another program's."""
        meant = self._names.meant_by(variable.name)
        if meant is None:
            self._foreign.append(variable.where)
        else:
            details = (f"there is no such setting; did you mean {meant}?",)
            self._problems.append(Problem(variable.where, details))

    def point_out(self, variable: Variable) -> None:
        """A variable of the environment that may have been meant for us."""
        meant = self._names.meant_by(variable.name) if cleaned(variable.value) else None
        if meant is not None:
            path = _path_of(meant, self._names)
            words = f"{variable.where} is not read: the name here is {meant}"
            self._notices.append(Notice(words, path))

    def layer(self) -> Layer:
        """All of it; a setting's own name goes over an alias."""
        for path, (variable, value) in self._aliased.items():
            own = self._names.of(path)
            if path in self._given:
                words = f"{variable.where} is not read: {self._given[path].where} goes over it"
            else:
                self._given[path] = value
                words = f"{variable.where} is taken for {own}, which is the name here"
            self._notices.append(Notice(words))
        if self._foreign:
            words = f"these are no settings, and not read: {'; '.join(self._foreign)}"
            self._notices.append(Notice(words))
        return Layer(
            tuple(self._given.values()),
            problems=tuple(self._problems),
            notices=tuple(self._notices),
        )

    def _value(self, variable: Variable, leaf: Leaf) -> Given | None:
        text = cleaned(variable.value)
        new = _from_text(leaf, text, variable.where) if text else None
        if isinstance(new, Problem):
            self._problems.append(new)
            return None
        return new


def _path_of(name: str, names: VariableNames) -> Path | None:
    """The path that a variable's name means (which may not exist), or None if it is not ours."""
    upper = name.upper()
    if upper in names.short:
        return names.short[upper]
    path = tuple(upper.lower().split(SEPARATOR))
    return path if len(path) > 1 and path[0] in names.tree.names() else None


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


def _unknown_variable(path: Path, names: VariableNames) -> tuple[str, ...]:
    if isinstance(find(names.tree, path), Section | Entries):
        return (f"this is a section; its settings are named {variable_name(path)}__...",)
    entry = path[1] if isinstance(names.tree.child(path[0]), Entries) else "<name>"
    near = similar_path(path, [leaf.path for leaf in leaves(names.tree, entry)])
    if near is not None:
        return (f"there is no such setting; did you mean {names.of(near)}?",)
    return ("there is no such setting; config.yaml lists them all",)
