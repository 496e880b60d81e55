"""Settings from a ``.env`` file and from the environment: both are ``NAME=value``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dotenv.parser import parse_stream

from configuration.layers import Given, Layer, Notice
from configuration.names import SettingNames, similar_path
from configuration.schema import Path, Section, Setting, variable_name
from configuration.text import cleaned, visible


@dataclass(frozen=True, slots=True)
class Variable:
    """A ``NAME=value``, and its place in words."""

    name: str
    value: str
    where: str


def parse_dotenv(text: str, file: str, names: SettingNames) -> Layer:
    """The settings in a ``.env`` file, without interpolation.

    The file belongs to the bot. So an alias is read, with a notice; a misspelt name is a problem;
    all other names get one notice.
    """
    layer = Layer()
    aliases: dict[Path, Variable] = {}
    foreign: list[str] = []
    for variable in _assignments(text, file, layer):
        if (path := names.path_of(variable.name)) is not None:
            _take(layer, variable, path, names)
        elif (path := names.aliases.get(variable.name.upper())) is not None:
            if cleaned(variable.value):
                aliases.setdefault(path, variable)
        elif (path := names.similar_variable(variable.name)) is not None:
            meant = names.variable(path)
            layer.problem(variable.where, f"there is no such setting; did you mean {meant}?")
        else:
            foreign.append(variable.where)
    for path, variable in aliases.items():
        if path in layer.given:
            notice = f"is ignored: {layer.given[path].where} has precedence"
        else:
            notice = f"is read as {names.variable(path)}, which is the name here"
            _take(layer, variable, path, names)
        layer.notices.append(Notice(f"{variable.where} {notice}"))
    if foreign:
        layer.notices.append(
            Notice(f"these are not settings, and are ignored: {'; '.join(foreign)}")
        )
    return layer


def read_environment(environ: Mapping[str, str], names: SettingNames) -> Layer:
    """The settings in a process's environment.

    Other programs' variables are in it too. Only the short names and those that begin with
    ``SECTION__`` are read; a name that resembles a setting gets a notice.
    """
    layer = Layer()
    for name, value in sorted(environ.items()):
        variable = Variable(name, value, f"environment variable {name}")
        if (path := names.path_of(name)) is not None:
            _take(layer, variable, path, names)
        elif cleaned(value) and (path := names.similar_variable(name)) is not None:
            words = f"{variable.where} is ignored: the name here is {names.variable(path)}"
            layer.notices.append(Notice(words, about=path))
    return layer


def _assignments(text: str, file: str, layer: Layer) -> Iterable[Variable]:
    for binding in parse_stream(io.StringIO(text)):
        blank_lines = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
        line = binding.original.line + binding.original.string[:blank_lines].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            # The line itself is not shown: it may hold half a token.
            layer.problem(f"{file} line {line}", "not of the form NAME=value; check its quotes")
        elif binding.key is not None:
            name = visible(binding.key)
            yield Variable(name, binding.value or "", f"{file} line {line}: {name}")


def _take(layer: Layer, variable: Variable, path: Path, names: SettingNames) -> None:
    """Add the value of one variable; an empty one means not set."""
    node, text = names.tree.find(path), cleaned(variable.value)
    if not isinstance(node, Setting):
        layer.problem(variable.where, _unknown(path, names))
        return
    if not text:
        return
    try:
        new = Given(node, _value(node, text), variable.where)
    except (ValueError, RecursionError) as error:
        shown = "(a secret, not shown)" if node.is_secret else text
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        layer.problem(variable.where, f"given: {shown}", f"not valid JSON: {why}; or write a,b,c")
        return
    old = layer.given.get(path)
    if old is not None and old.value != new.value:
        words = f"the same setting has another value at {old.where}; keep one of them"
        layer.problem(new.where, words)
    layer.given[path] = new


def _value(setting: Setting, text: str) -> object:
    """A list is JSON or separated by commas; the model converts all other values from text."""
    if not setting.is_container:
        return text
    if text.startswith(("[", "{")):
        return json.loads(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def _unknown(path: Path, names: SettingNames) -> str:
    if isinstance(names.tree.find(path), Section):
        return f"this is a section; its settings are named {variable_name(path)}__..."
    if path in names.retired:
        return f"there is no such setting any more: {names.retired[path]}"
    entry = path[1] or "<name>"
    near = similar_path(path, (setting.path for setting in names.tree.settings(entry)))
    if near is not None:
        return f"there is no such setting; did you mean {names.variable(near)}?"
    return "there is no such setting; config.yaml lists them all"
