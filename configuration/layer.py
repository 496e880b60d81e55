"""What one source of settings gives, and the reading of its file."""

from __future__ import annotations

import codecs
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from configuration.errors import Problem
from configuration.schema import Leaf, Path


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody gave to a setting, and the place in words."""

    leaf: Leaf
    value: Any
    where: str
    written: str | None = None
    """How it stands there, if that is not how Python writes the value."""

    @property
    def is_wrong_boolean(self) -> bool:
        """pydantic takes true for the number 1, which nobody who writes ``port: yes`` means."""
        return isinstance(self.value, bool) and not self.leaf.takes_bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What people should know of a source. One ``about`` a setting matters only while that is not
    given otherwise."""

    words: str
    about: Path | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source gives: values, the entries it names, and what was wrong with it.

    ``named`` has the path of every mapping of the user's own names, and of every name in it, with
    the place: an entry exists by being named, even when it says nothing of itself. ``notices`` are
    for people to know, and keep nothing from being used.
    """

    given: tuple[Given, ...] = ()
    named: Mapping[Path, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()

    def nested(self) -> dict[str, Any]:
        """The values under their sections, as a model takes them."""
        values: dict[str, Any] = {}
        for path in self.named:
            put(values, path, {})
        for item in self.given:
            if not item.is_wrong_boolean:
                put(values, item.leaf.path, item.value)
        return values


def put(values: dict[str, Any], path: Path, value: Any) -> None:
    """Set what is at ``path`` of nested ``values``; the sections above it are made."""
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def read_text(path: pathlib.Path) -> str | Problem:
    """The file's text, or why it cannot be read."""
    try:
        data = path.read_bytes()
        # What Windows' PowerShell writes begins with one of these.
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = data.decode("utf-16" if wide else "utf-8-sig")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        return Problem(str(path), ("there is no such file",))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Problem(f"{path} line {line}", ("the file is not UTF-8 text",))
    except OSError as error:
        return Problem(str(path), (f"cannot be read: {error.strerror}",))
