"""What one source of settings gives: values with their places, problems and notices."""

from __future__ import annotations

import codecs
import pathlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from configuration.errors import Problem
from configuration.schema import Path, Setting


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a source gives to a setting, and its place in words."""

    setting: Setting
    value: Any
    where: str
    written: str | None = None
    """The value as it stands in the file, if that is not how Python writes it."""

    @property
    def is_wrong_boolean(self) -> bool:
        """pydantic takes true for the number 1, which is not meant by ``port: yes``."""
        return isinstance(self.value, bool) and not self.setting.takes_bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about a source that can be used.

    One ``about`` a setting is shown only while no variable gives that setting.
    """

    words: str
    about: Path | None = None


@dataclass(slots=True)
class Layer:
    """What one source gives. Readers never raise for what a user wrote: they add a problem.

    ``named`` has the place of every mapping with names of the user's, and of each name in it: an
    entry exists by its name alone, even with no settings below it.
    """

    given: dict[Path, Given] = field(default_factory=dict)
    named: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def problem(self, where: str, *details: str) -> None:
        self.problems.append(Problem(where, details))

    def nested(self) -> dict[str, Any]:
        """The values under their sections, as a model takes them."""
        values: dict[str, Any] = {}
        for path in self.named:
            put(values, path, {})
        for path, item in self.given.items():
            if not item.is_wrong_boolean:
                put(values, path, item.value)
        return values


def put(values: dict[str, Any], path: Path, value: Any) -> None:
    """Set the value at ``path`` of nested ``values``; create the sections above it."""
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def read_file(path: pathlib.Path, parse: Callable[[str, str], Layer], *, required: bool) -> Layer:
    """What ``parse`` makes of the file's text and name; a file not ``required`` may be absent."""
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
