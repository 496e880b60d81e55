"""The names of settings in each source, and suggestions for a wrong name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from configuration.schema import SEPARATOR, Path, Section, variable_name

_SHORTEST_FLAT: Final = 6
"""A shorter variable of another program resembles a setting by chance."""
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class SettingNames:
    """The names of all settings below ``tree``.

    ``short`` maps short variable names to settings. ``aliases`` maps names that users write by
    mistake, such as a name in another program or in an earlier version. ``retired`` has what
    takes the place of a setting that no longer exists.
    """

    tree: Section
    short: Mapping[str, Path] = field(default_factory=dict)
    aliases: Mapping[str, Path] = field(default_factory=dict)
    retired: Mapping[Path, str] = field(default_factory=dict)

    def variable(self, path: Path) -> str:
        """The variable to show for a setting: its short name, if it has one."""
        return next((name for name, own in self.short.items() if own == path), variable_name(path))

    def path_of(self, name: str) -> Path | None:
        """The path that a variable names, which may not exist; None for other programs' names."""
        if name.upper() in self.short:
            return self.short[name.upper()]
        path = tuple(name.lower().split(SEPARATOR))
        return path if len(path) > 1 and path[0] in self.tree.names else None

    def similar_variable(self, name: str) -> Path | None:
        """The setting that a variable outside the sections misspells.

        A shared word is not enough: the name may belong to another program.
        """
        if name.upper() in self.aliases:
            return self.aliases[name.upper()]
        known = {setting.path: setting.path for setting in self.tree.settings()}
        parts = tuple(name.lower().split(SEPARATOR))
        if len(parts) > 1 and (suffix := _only(p for p in known if p[-len(parts) :] == parts)):
            return suffix
        if len(name) < _SHORTEST_FLAT:
            return None
        known |= {(short,): path for short, path in self.short.items()}
        nearest = _nearest((name,), known)
        return known[nearest] if nearest else None

    def similar_key(self, section: Section, key: str) -> Path | None:
        """The setting or section that an unknown ``key`` of ``section`` probably means."""
        exact = self.short.get(key.upper()) or self.aliases.get(key.upper())
        if exact is not None:
            return exact
        parts = (*section.path, *key.lower().replace(SEPARATOR, ".").split("."))
        entry = parts[1] if len(parts) > 2 else "<name>"
        return similar_path((*section.path, key), (node.path for node in self.tree.nodes(entry)))


def similar_path(path: Path, known: Iterable[Path]) -> Path | None:
    """The known path that ``path`` probably means, or None.

    It is, in this order: the path with the fewest wrong letters; the only one in the same section
    with some words more or fewer; the only one with the same end.
    """
    paths = list(known)
    words = set(_words(path[-1]))
    siblings = (each for each in paths if each[:-1] == path[:-1])
    return (
        _nearest(path, paths)
        or _only(p for p in siblings if words <= (own := set(_words(p[-1]))) or own <= words)
        or _only(each for each in paths if each[-len(path) :] == path)
        or _only(each for each in paths if each[-1] == path[-1])
    )


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` probably means, as `similar_path`, or None."""
    found = similar_path((name,), ((each,) for each in known)) if name else None
    return None if found is None else found[0]


def _nearest(path: Path, known: Iterable[Path]) -> Path | None:
    """The path with the fewest wrong letters.

    Two may be wrong; one where the last name is short; none where it has one or two letters.
    """
    length = len(path[-1])
    wrong = (length >= 3) + (length >= 10)
    mine = _letters(path)
    near = {each: flat for each in known if abs(len(flat := _letters(each)) - len(mine)) <= wrong}
    found = extractOne(mine, near, scorer=OSA.distance, score_cutoff=wrong)
    return found[2] if found else None


def _letters(path: Path) -> str:
    return "".join(_words("_".join(path)))


def _only(paths: Iterable[Path]) -> Path | None:
    found = list(paths)
    return found[0] if len(found) == 1 else None


def _words(name: str) -> list[str]:
    return _WORD.findall(name.lower())
