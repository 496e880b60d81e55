"""The names of settings in each source, and the setting that a wrong name was meant for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA

from configuration.schema import SEPARATOR, Path, Section, Setting, variable_name

_LETTERS_PER_SLIP: Final = 4
"""One wrong letter is allowed in so many letters of a word."""
_SHORTEST_FLAT: Final = 6
"""A shorter name of another program resembles one of ours by chance."""
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class SettingNames:
    """The names of all settings below ``tree``.

    ``short`` are variables with a name of their own. ``aliases`` are names that users write for
    one of ours, such as the name in another program, or the name in an earlier version.
    """

    tree: Section
    short: Mapping[str, Path] = field(default_factory=dict)
    aliases: Mapping[str, Path] = field(default_factory=dict)

    def variable(self, path: Path) -> str:
        """The variable to show for a setting: the short one, where there is one."""
        return next((name for name, own in self.short.items() if own == path), variable_name(path))

    def path_of(self, name: str) -> Path | None:
        """The path that a variable means, which may not exist; None if it is not ours."""
        if name.upper() in self.short:
            return self.short[name.upper()]
        path = tuple(name.lower().split(SEPARATOR))
        return path if len(path) > 1 and path[0] in self.tree.names else None

    def similar_variable(self, name: str) -> Path | None:
        """The setting that a variable outside our sections was meant for.

        Only a misspelling counts. A common word does not: the name may be another program's.
        """
        if name.upper() in self.aliases:
            return self.aliases[name.upper()]
        known = {setting.path: setting.path for setting in self.tree.settings()}
        parts = tuple(name.lower().split(SEPARATOR))
        if len(parts) > 1 and (ends := _only(p for p in known if p[-len(parts) :] == parts)):
            return ends
        if len(name) < _SHORTEST_FLAT:
            return None
        known |= {(short,): path for short, path in self.short.items()}
        nearest = _nearest((name,), known)
        return known[nearest] if nearest else None

    def similar_key(self, section: Section, key: str) -> Path | None:
        """The setting or section that an unknown ``key`` of ``section`` was meant for."""
        exact = self.short.get(key.upper()) or self.aliases.get(key.upper())
        if exact is not None:
            return exact
        parts = tuple(key.lower().replace(SEPARATOR, ".").split("."))
        for path in ((*section.path, *parts), parts) if len(parts) > 1 else ():
            if isinstance(self.tree.find(path), Setting):
                return path
        entry = section.path[1] if len(section.path) > 1 else "<name>"
        return similar_path(
            (*section.path, key), (node.path for node in self.tree.nodes(entry) if node.path)
        )


def similar_path(path: Path, known: Iterable[Path]) -> Path | None:
    """The known path that ``path`` was meant for, or None.

    It is the one with the same words but for misspellings; else the only one in that section with
    the same words and some more or fewer; else the only one with that end elsewhere.
    """
    paths = list(known)
    if (near := _nearest(path, paths)) is not None:
        return near
    words = set(_words(path[-1:]))
    in_section = [
        each
        for each in paths
        if len(each) == len(path) and _slips(_words(path[:-1]), _words(each[:-1])) is not None
    ]
    kin = _only(
        each for each in in_section if words <= (own := set(_words(each[-1:]))) or own <= words
    )
    return (
        kin
        or _only(each for each in paths if each[-len(path) :] == path)
        or _only(each for each in paths if each[-1] == path[-1])
    )


def _only(paths: Iterable[Path]) -> Path | None:
    found = list(paths)
    return found[0] if len(found) == 1 else None


def _nearest(path: Path, known: Iterable[Path]) -> Path | None:
    mine = _words(path)
    scored = [(slips, each) for each in known if (slips := _slips(mine, _words(each))) is not None]
    return min(scored, default=(0, None))[1]


def _slips(words: list[str], others: list[str]) -> int | None:
    """The number of wrong letters; None where a word differs by more than a misspelling."""
    if len(words) != len(others):
        if abs(sum(map(len, words)) - sum(map(len, others))) > 1:
            return None
        joined = OSA.distance("".join(words), "".join(others))
        return joined if joined <= 1 else None
    slips = [OSA.distance(word, other) for word, other in zip(words, others, strict=True)]
    alike = (
        n <= max(1, len(word) // _LETTERS_PER_SLIP) < len(word) or n == 0
        for n, word in zip(slips, words, strict=True)
    )
    return sum(slips) if all(alike) else None


def _words(path: Path) -> list[str]:
    return _WORD.findall("_".join(path).lower())
