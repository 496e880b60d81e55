"""Settings from a YAML file, each with its line.

The document is walked along the tree of settings rather than loaded whole, so that an unknown
key, a key given twice and a wrong type are all found, with their place.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from configuration.errors import Problem
from configuration.layer import Given, Layer
from configuration.schema import Entries, Leaf, Path, Section, dotted, leaves
from configuration.suggest import similar

_DEEPEST: Final = 20
"""Levels of nesting; the settings have five."""


def parse_yaml(text: str, name: str, tree: Section) -> Layer:
    """The settings in ``text``; ``name`` is what the file is called in the problems."""
    try:
        walk = _Walk(name, _Loader(text), tree)
        walk.document()
    except yaml.MarkedYAMLError as error:
        words = " ".join(filter(None, [error.context, error.problem]))
        return _malformed(_at(name, error.problem_mark or error.context_mark), words)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _malformed(f"{name} line {line}", f"a character may not stand here: {error.reason}")
    return Layer(tuple(walk.given), tuple(walk.named), tuple(walk.problems))


class _Loader(yaml.SafeLoader):
    """YAML without aliases or deep nesting: settings have no use for them, and both can be made to
    explode."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="an alias (*name) cannot be used in the settings",
                problem_mark=self.peek_event().start_mark,  # type: ignore[no-untyped-call]
            )
        if self._depth > _DEEPEST:
            raise yaml.MarkedYAMLError(
                problem="sections or lists are nested too deeply",
                problem_mark=self.peek_event().start_mark,  # type: ignore[no-untyped-call]
            )
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Walk:
    """Follows a document's mappings down the tree, collecting values and problems."""

    def __init__(self, name: str, loader: _Loader, tree: Section) -> None:
        self._name = name
        self._loader = loader
        self._tree = tree
        self.given: list[Given] = []
        self.named: list[Path] = []
        self.problems: list[Problem] = []

    def document(self) -> None:
        root = self._loader.get_single_node()
        if root is not None:
            self._section(root, self._tree)

    def _section(self, node: yaml.Node, section: Section | Entries) -> None:
        if _is_null(node):  # all its keys are commented out
            return
        if not isinstance(node, yaml.MappingNode):
            what = dotted(section.path) or "the file"
            self._problem(node, section.path, f"{what} is a section: write its settings below it")
            return
        if isinstance(section, Entries):
            self.named.append(section.path)
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            line = _line(key)
            if name in seen:
                text = f"given twice, first on line {seen[name]}; keep one of them"
                self._problem(key, (*section.path, name), text)
                continue
            seen[name] = line
            self._entry(key, name, value, section)

    def _entry(
        self, key: yaml.Node, name: str, value: yaml.Node, section: Section | Entries
    ) -> None:
        child = section.child(name)
        if child is None:
            self._problem(key, (*section.path, name), self._unknown(name, section))
        elif isinstance(child, Leaf):
            self._leaf(key, value, child)
        else:
            if isinstance(section, Entries):
                self.named.append(child.path)
            self._section(value, child)

    def _leaf(self, key: yaml.Node, node: yaml.Node, leaf: Leaf) -> None:
        where = f"{self._name} line {_line(key)}: {dotted(leaf.path)}"
        try:
            value: Any = self._loader.construct_object(node, deep=True)
        except ValueError as error:  # a date or number that only looks like one
            self.problems.append(Problem(where, (f"not a valid value: {error}",)))
            return
        self.given.append(Given(leaf, value, where))

    def _unknown(self, name: str, section: Section | Entries) -> str:
        assert isinstance(section, Section)  # entries take any name
        near = similar(name, section.names())
        if near is not None:
            return f"there is no such setting; did you mean {dotted((*section.path, near))}?"
        elsewhere = [dotted(leaf.path) for leaf in leaves(self._tree) if leaf.path[-1] == name]
        if elsewhere:
            return f"there is no such setting here; did you mean {elsewhere[0]}?"
        return f"there is no such setting; here are: {', '.join(section.names())}"

    def _problem(self, node: yaml.Node, path: Path, *details: str) -> None:
        where = f"{self._name} line {_line(node)}"
        self.problems.append(Problem(f"{where}: {dotted(path)}" if path else where, details))


def _malformed(where: str, words: str) -> Layer:
    return Layer(problems=(Problem(where, (f"not valid YAML: {words}",)),))


def _at(name: str, mark: yaml.Mark | None) -> str:
    return f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _is_null(node: yaml.Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")
