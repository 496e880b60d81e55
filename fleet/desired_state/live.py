"""Which settings differ between two configurations, and which of them apply without a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from configuration.schema import Path, Section, dotted, tree

log = logging.getLogger(__name__)

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Part(Generic[S]):
    """What applies ``paths`` while the bot runs, but for those ``except_for``."""

    paths: tuple[Path, ...]
    except_for: tuple[Path, ...]
    apply: Callable[[S], None]

    def has(self, path: Path) -> bool:
        return _is_below(path, self.paths) and not _is_below(path, self.except_for)


class LiveSettings(Generic[S]):
    """The settings that run now, and the parts of the bot that take new ones while they run."""

    def __init__(self, current: S) -> None:
        self.current = current
        self._parts: list[_Part[S]] = []

    def register(
        self, apply: Callable[[S], None], *paths: str, except_for: Iterable[str] = ()
    ) -> None:
        """Call ``apply`` with the new settings when one of ``paths`` changes. It must not block,
        and what it cannot apply it raises."""
        self._parts.append(_Part(_split(paths), _split(except_for), apply))

    def needing_restart(self, paths: Iterable[Path]) -> list[Path]:
        """Those that no part takes while the bot runs."""
        return [path for path in paths if not any(part.has(path) for part in self._parts)]

    def apply(self, new: S) -> None:
        """Have the parts take ``new``; what needs a restart stays as it is.

        Raises:
            Exception: a part could not; those before it have ``new`` already.
        """
        paths = changed_settings(self.current, new)
        self.current = new
        for part in self._parts:
            if any(part.has(path) for path in paths):
                part.apply(new)


def changed_settings(old: BaseModel, new: BaseModel) -> list[Path]:
    """The paths of the settings that differ. A mapping, such as the agents, is one setting."""
    return list(_changed(tree(type(old)), old, new))


def _changed(section: Section, old: BaseModel, new: BaseModel) -> Iterator[Path]:
    for child in section.children():
        name = child.path[-1]
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        nested = isinstance(child, Section) and not child.is_mapping
        if nested and isinstance(before, BaseModel) and isinstance(after, BaseModel):
            assert isinstance(child, Section)
            yield from _changed(child, before, after)
        else:
            yield child.path


def names_of(paths: Iterable[Path]) -> tuple[str, ...]:
    """The paths as they are written."""
    return tuple(dotted(path) for path in paths)


def broken_parts(health: Mapping[str, str]) -> tuple[str, ...]:
    """The parts whose condition is broken."""
    return tuple(sorted(part for part, condition in health.items() if condition == "broken"))


def _is_below(path: Path, prefixes: Iterable[Path]) -> bool:
    return any(path[: len(prefix)] == prefix for prefix in prefixes)


def _split(paths: Iterable[str]) -> tuple[Path, ...]:
    return tuple(tuple(path.split(".")) for path in paths)
