"""Settings from a YAML file, each with its line.

The document is walked along the tree of settings rather than loaded whole, so that an unknown
key, a key given twice and a wrong type are all found, with their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import yaml

from configuration.errors import Problem
from configuration.layer import Given, Layer
from configuration.schema import SEPARATOR, Entries, Leaf, Path, Section, dotted, find, leaves
from configuration.suggest import similar

_DEEPEST: Final = 20
"""Levels of nesting; the settings have five."""
_CANNOT_START: Final = re.compile(r"found character ('.+') that cannot start any token")
_NO_BLANK: Final = re.compile(r"\w+:\S")
_ASSIGNMENT: Final = re.compile(r"\w+=")


def parse_yaml(
    text: str, name: str, tree: Section, variables: Mapping[str, Path] = MappingProxyType({})
) -> Layer:
    """The settings in ``text``; ``name`` is what the file is called in the problems.

    ``variables`` are names that settings have elsewhere, to be pointed out here.
    """
    try:
        walk = _Walk(name, _Loader(text), tree, variables)
        walk.document()
    except yaml.MarkedYAMLError as error:
        words = " ".join(filter(None, [error.context, error.problem]))
        start = _CANNOT_START.search(words)
        if start is not None:
            words = f"a value that begins with {start[1]} must stand in quotes"
            words = "a tab stands where only spaces may" if start[1] == r"'\t'" else words
        return _malformed(_at(name, error.problem_mark or error.context_mark), words)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _malformed(f"{name} line {line}", f"a character may not stand here: {error.reason}")
    return Layer(tuple(walk.given), walk.named, tuple(walk.problems))


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

    def __init__(
        self, name: str, loader: _Loader, tree: Section, variables: Mapping[str, Path]
    ) -> None:
        self._variables = variables
        self._name = name
        self._loader = loader
        self._tree = tree
        self.given: list[Given] = []
        self.named: dict[Path, str] = {}
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
            below = f"{what} is a section: write its settings below it"
            self._problem(node, section.path, below, *_hints(node))
            return
        if isinstance(section, Entries):
            self.named[section.path] = f"{self._name} line {_line(node)}: {dotted(section.path)}"
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
                self.named[child.path] = f"{self._name} line {_line(key)}: {dotted(child.path)}"
            self._section(value, child)

    def _leaf(self, key: yaml.Node, node: yaml.Node, leaf: Leaf) -> None:
        where = f"{self._name} line {_line(key)}: {dotted(leaf.path)}"
        try:
            value: Any = self._loader.construct_object(node, deep=True)
        except ValueError as error:  # a date or number that only looks like one
            self.problems.append(Problem(where, (f"not a valid value: {error}",)))
            return
        if isinstance(node, yaml.ScalarNode) and _is_sexagesimal(node):
            value = node.value
        self.given.append(Given(leaf, value, where, _written(node, value)))

    def _unknown(self, name: str, section: Section | Entries) -> str:
        assert isinstance(section, Section)  # entries take any name
        meant = self._meant_by(name, section)
        if meant is not None:
            nested = "".join(f"{part}: {{" for part in meant[:-1]) + f"{meant[-1]}: ..."
            nested += "}" * (len(meant) - 1)
            return f"there is no such setting; did you mean {dotted(meant)}? It is written {nested}"
        near = similar(name, section.names())
        if near is not None:
            return f"there is no such setting; did you mean {dotted((*section.path, near))}?"
        elsewhere = [
            dotted(path)
            for leaf in leaves(self._tree)
            for path in (leaf.path, *(leaf.path[:n] for n in range(2, len(leaf.path))))
            if path[-1] == name
        ]
        if elsewhere:
            return f"there is no such setting here; did you mean {elsewhere[0]}?"
        return f"there is no such setting; here are: {', '.join(section.names())}"

    def _meant_by(self, name: str, section: Section) -> Path | None:
        """The setting whose whole path, or whose variable, was written as one name."""
        variable = self._variables.get(name.upper())
        if variable is not None:
            return variable
        path = tuple(name.lower().replace(SEPARATOR, ".").split("."))
        whole = ((*section.path, *path), path) if len(path) > 1 else ()
        return next((each for each in whole if isinstance(find(self._tree, each), Leaf)), None)

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


def _hints(node: yaml.Node) -> Iterator[str]:
    """What may have been meant by text where a section should be."""
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    if _NO_BLANK.match(text):
        yield "a space must stand after the colon of a setting"
    elif _ASSIGNMENT.match(text):
        yield "NAME=value is how .env is written; here it is name: value"


def _is_sexagesimal(node: yaml.ScalarNode) -> bool:
    """YAML 1.1 reads 1:30 as the number 90; users mean the text."""
    return node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float") and ":" in node.value


def _written(node: yaml.Node, value: Any) -> str | None:
    """A value that is no text as it stands in the file."""
    if value is None:
        return "nothing"
    if isinstance(value, str) or not isinstance(node, yaml.ScalarNode):
        return None
    word = str(node.value)
    if isinstance(value, bool) and word.lower() not in ("true", "false"):
        return f"{word}, which YAML takes for {str(value).lower()} unless it stands in quotes"
    return word
