"""Settings from a YAML file, each with its line.

The reader walks the nodes of the document along the tree of settings. It finds every unknown key,
every key given twice and every wrong type, each with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from configuration.layers import Given, Layer
from configuration.names import SettingNames
from configuration.schema import Path, Section, Setting, dotted

_DEEPEST: Final = 20
"""Levels of nesting; the settings have five."""
_CANNOT_START: Final = re.compile(r"found character ('.+') that cannot start any token")
_NO_BLANK: Final = re.compile(r"\w+:\S")
_ASSIGNMENT: Final = re.compile(r"\w+=")


def parse_yaml(text: str, file: str, names: SettingNames) -> Layer:
    """The settings in ``text``; ``file`` is its name, for the places."""
    try:
        return _Reader(file, _Loader(text), names).document()
    except yaml.MarkedYAMLError as error:
        words = " ".join(filter(None, [error.context, error.problem]))
        start = _CANNOT_START.search(words)
        if start is not None:
            words = f"a value that begins with {start[1]} must stand in quotes"
            words = "a tab stands where only spaces may" if start[1] == r"'\t'" else words
        return _malformed(_at(file, error.problem_mark or error.context_mark), words)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _malformed(f"{file} line {line}", f"this character is not allowed: {error.reason}")


class _Loader(yaml.SafeLoader):
    """YAML without aliases or deep nesting: settings need neither, and both can exhaust memory."""

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


class _Reader:
    """Follows a document's mappings down the tree, and collects values and problems."""

    def __init__(self, file: str, loader: _Loader, names: SettingNames) -> None:
        self._file = file
        self._loader = loader
        self._names = names
        self._layer = Layer()

    def document(self) -> Layer:
        root = self._loader.get_single_node()
        if root is not None:
            self._section(root, self._names.tree)
        return self._layer

    def _section(self, node: yaml.Node, section: Section) -> None:
        if node.tag == "tag:yaml.org,2002:null":  # all its keys are commented out
            return
        if not isinstance(node, yaml.MappingNode):
            what = dotted(section.path) or "the file"
            below = f"{what} is a section: write its settings below it"
            self._problem(node, section.path, below, *_hints(node))
            return
        if section.is_mapping:
            self._layer.named[section.path] = self._where(node, section.path)
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                text = f"given twice, first on line {seen[name]}; keep one of them"
                self._problem(key, (*section.path, name), text)
                continue
            seen[name] = _line(key)
            self._entry(key, name, value, section)

    def _entry(self, key: yaml.Node, name: str, value: yaml.Node, section: Section) -> None:
        child = section.child(name)
        if child is None:
            self._problem(key, (*section.path, name), self._unknown(name, section))
        elif isinstance(child, Setting):
            self._setting(key, value, child)
        else:
            if section.is_mapping:
                self._layer.named[child.path] = self._where(key, child.path)
            self._section(value, child)

    def _setting(self, key: yaml.Node, node: yaml.Node, setting: Setting) -> None:
        try:
            value: Any = self._loader.construct_object(node, deep=True)
        except ValueError as error:  # a date or number that only looks like one
            self._problem(key, setting.path, f"not a valid value: {error}")
            return
        if isinstance(node, yaml.ScalarNode) and _is_sexagesimal(node):
            value = node.value
        where = self._where(key, setting.path)
        self._layer.given[setting.path] = Given(setting, value, where, _written(node, value))

    def _unknown(self, name: str, section: Section) -> str:
        meant = self._names.similar_key(section, name)
        if meant is None:
            return f"there is no such setting; here are: {', '.join(section.names)}"
        words = f"there is no such setting; did you mean {dotted(meant)}?"
        if meant[:-1] == section.path:
            return words
        nested = "".join(f"{part}: {{" for part in meant[:-1]) + f"{meant[-1]}: ..."
        return f"{words} It is written {nested}{'}' * (len(meant) - 1)}"

    def _problem(self, node: yaml.Node, path: Path, *details: str) -> None:
        self._layer.problem(self._where(node, path), *details)

    def _where(self, node: yaml.Node, path: Path) -> str:
        place = f"{self._file} line {_line(node)}"
        return f"{place}: {dotted(path)}" if path else place


def _malformed(where: str, words: str) -> Layer:
    layer = Layer()
    layer.problem(where, f"not valid YAML: {words}")
    return layer


def _at(file: str, mark: yaml.Mark | None) -> str:
    return f"{file} line {mark.line + 1}, column {mark.column + 1}" if mark else file


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


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
        return f"{word}, which YAML reads as {str(value).lower()} unless it stands in quotes"
    return word
