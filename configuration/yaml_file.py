"""Settings from a YAML file, each with its line.

The reader follows the nodes of the document down the tree of settings. It reports every unknown
key, every key given twice and every value in place of a section. Values are text, as in a
variable: the model converts them. So ``language: no`` is the language, not false.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from configuration.layers import Given, Layer
from configuration.names import SettingNames
from configuration.schema import Path, Section, Setting, dotted

_MAX_DEPTH: Final = 20
"""Levels of nesting; the settings have five."""
_TAGS: Final = "tag:yaml.org,2002:"
_NULL: Final = f"{_TAGS}null"
_CANNOT_START: Final = re.compile(r"found character ('.+') that cannot start any token")
_HINTS: Final = {
    re.compile(r"\w+:\S"): "a space must stand after the colon of a setting",
    re.compile(r"\w+="): "NAME=value is how .env is written; here it is name: value",
}
"""Advice for text in place of a section, by its form."""


def parse_yaml(text: str, file: str, names: SettingNames) -> Layer:
    """The settings in ``text``; ``file`` is its name, for the places."""
    reader = _Reader(file, names)
    try:
        root = _Loader(text).get_single_node()
        if root is not None:
            reader.read_section(root, names.tree)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file} line {mark.line + 1}, column {mark.column + 1}" if mark else file
        words = " ".join(filter(None, [error.context, error.problem]))
        if start := _CANNOT_START.search(words):
            words = f"a value that begins with {start[1]} must stand in quotes"
            words = "a tab stands where only spaces may" if start[1] == r"'\t'" else words
        reader.layer.problem(where, f"not valid YAML: {words}")
    except yaml.reader.ReaderError as error:
        where = f"{file} line {text.count(chr(10), 0, error.position) + 1}"
        words = f"not valid YAML: this character is not allowed: {error.reason}"
        reader.layer.problem(where, words)
    return reader.layer


def parse_document(document: Mapping[str, Any], name: str, names: SettingNames) -> Layer:
    """The settings in a document of JSON, read as those of a file. It has no lines; ``name`` is its
    place."""
    reader = _Reader(name, names)
    try:
        reader.read_section(_as_node(document, 0), names.tree)
    except _TooDeep:
        reader.layer.problem(name, "sections or lists are nested too deeply")
    return reader.layer


class _TooDeep(Exception):
    """More levels than settings have."""


def _as_node(value: Any, depth: int) -> yaml.Node:
    """A value of JSON as the node that a file would have."""
    if depth > _MAX_DEPTH:
        raise _TooDeep
    if isinstance(value, Mapping):
        pairs = [(_scalar(name), _as_node(inner, depth + 1)) for name, inner in value.items()]
        return yaml.MappingNode(f"{_TAGS}map", pairs)
    if isinstance(value, list):
        return yaml.SequenceNode(f"{_TAGS}seq", [_as_node(each, depth + 1) for each in value])
    return _scalar(value)


def _scalar(value: Any) -> yaml.ScalarNode:
    if value is None:
        return yaml.ScalarNode(_NULL, "null")
    text = value if isinstance(value, str) else json.dumps(value)
    return yaml.ScalarNode(f"{_TAGS}str", text)


class _Loader(yaml.SafeLoader):
    """YAML without tags, and without aliases and deep nesting, which can exhaust memory."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        problem = ""
        if isinstance(event, yaml.AliasEvent):
            problem = "an alias (*name) cannot be used in the settings"
        elif not (event.tag or _TAGS).startswith(_TAGS):
            problem = f"the tag {event.tag} cannot be used in the settings"
        elif self._depth > _MAX_DEPTH:
            problem = "sections or lists are nested too deeply"
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Reader:
    """Follows a document's mappings down the tree, and collects values and problems."""

    def __init__(self, file: str, names: SettingNames) -> None:
        self.layer = Layer()
        self._file = file
        self._names = names

    def read_section(self, node: yaml.Node, section: Section) -> None:
        if node.tag == _NULL:  # all its keys are commented out
            return
        if not isinstance(node, yaml.MappingNode):
            what = dotted(section.path) or "the file"
            words = f"{what} is a section: write its settings below it"
            text = node.value if isinstance(node, yaml.ScalarNode) else ""
            hints = [hint for form, hint in _HINTS.items() if form.match(text)]
            self.layer.problem(self._where(node, section.path), words, *hints)
            return
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in lines:
                words = f"given twice, first on line {lines[name]}; keep one of them"
                self.layer.problem(self._where(key, (*section.path, name)), words)
                continue
            lines[name] = _line(key)
            self._read_key(key, name, value, section)

    def _read_key(self, key: yaml.Node, name: str, value: yaml.Node, section: Section) -> None:
        path = (*section.path, name)
        where = self._where(key, path)
        child = section.child(name)
        if child is None:
            self.layer.problem(where, self._unknown(name, section))
        elif isinstance(child, Setting):
            self.layer.given[path] = Given(child, _value(value), where)
        else:
            is_mapping = child.is_mapping and isinstance(value, yaml.MappingNode)
            if section.is_mapping or is_mapping:
                self.layer.given[path] = Given(child, {}, where)
            self.read_section(value, child)

    def _unknown(self, name: str, section: Section) -> str:
        replacement = self._names.retired.get((*section.path, name))
        if replacement is not None:
            return f"there is no such setting any more: {replacement}"
        meant = self._names.similar_key(section, name)
        if meant is None:
            return f"there is no such setting; here are: {', '.join(section.names)}"
        words = f"there is no such setting; did you mean {dotted(meant)}?"
        if meant[:-1] == section.path:
            return words
        nested = "".join(f"{part}: {{" for part in meant[:-1]) + f"{meant[-1]}: ..."
        return f"{words} It is written {nested}{'}' * (len(meant) - 1)}"

    def _where(self, node: yaml.Node, path: Path) -> str:
        place = self._file if node.start_mark is None else f"{self._file} line {_line(node)}"
        return ": ".join(filter(None, (place, dotted(path)))) or "the document"


def _line(node: yaml.Node) -> int:
    """0 for a node of a document, which has no lines."""
    return 0 if node.start_mark is None else int(node.start_mark.line) + 1


def _value(node: yaml.Node) -> Any:
    """Text as it stands in the file, or None, or a list or mapping of these."""
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(_value(key)): _value(value) for key, value in node.value}
    return None if node.tag == _NULL else node.value
