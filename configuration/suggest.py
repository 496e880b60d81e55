"""Which setting a wrong name was most likely meant to be, if any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from configuration.schema import SEPARATOR, Path, variable_name

_LETTERS_A_SLIP: Final = 4
"""One slip of the keyboard is believed in for so many letters of a name."""
_SHORTEST_FLAT: Final = 6
"""Names of other programs that are shorter than this are like some of ours by chance."""


def similar(name: str, known: Iterable[str]) -> str | None:
    """The known name of the same section that ``name`` was meant to be.

    One that is a slip or two away, or the only one that has the same words and some more or less.
    """
    names = list(known)
    near = _nearest(name, names)
    if near is not None:
        return near
    words = set(_words(name))
    kin = [each for each in names if words <= (own := set(_words(each))) or own <= words]
    return kin[0] if len(kin) == 1 else None


def similar_path(path: Path, known: Iterable[Path]) -> Path | None:
    """The setting that a path was meant to be: the one like it in the section that is like its
    own, or the only one of that name in another."""
    paths = list(known)
    sections = {each[:-1] for each in paths if _alike(path[:-1], each[:-1])}
    for section in sorted(sections, key=lambda each: _slips(path[:-1], each)):
        near = similar(path[-1], [each[-1] for each in paths if each[:-1] == section])
        if near is not None:
            return (*section, near)
    misplaced = [each for each in paths if each[-1] == path[-1]]
    return misplaced[0] if len(misplaced) == 1 else None


def similar_end(path: Path, known: Iterable[Path]) -> Path | None:
    """The only setting that ``path`` is the end of; one part alone is no sign."""
    if len(path) < 2:
        return None
    ends = [each for each in known if each[-len(path) :] == path]
    return ends[0] if len(ends) == 1 else None


def similar_flat(name: str, short_names: Iterable[str], paths: Iterable[Path]) -> str | None:
    """The variable that a name without our separator was meant to be, by slips alone: a word that
    it has in common with one of ours is no sign, for the name may be another program's."""
    if len(name) < _SHORTEST_FLAT:
        return None
    flat = {variable_name(path).replace(SEPARATOR, "_"): variable_name(path) for path in paths}
    flat |= {short: short for short in short_names}
    near = [each for each in flat if _same_words(name, each)]
    nearest = min(near, key=lambda each: OSA.distance(_folded(name), _folded(each)), default=None)
    return None if nearest is None else flat[nearest]


def _same_words(name: str, other: str) -> bool:
    """Whether each word is like the other's, or all but one slip when they are written together."""
    words, others = _words(name), _words(other)
    if len(words) == len(others):
        return all(_nearest(a, [b]) is not None for a, b in zip(words, others, strict=True))
    return OSA.distance(_folded(name), _folded(other)) <= 1


def _alike(section: Path, other: Path) -> bool:
    return len(section) == len(other) and all(
        a == b or _nearest(a, [b]) is not None for a, b in zip(section, other, strict=True)
    )


def _slips(path: Path, other: Path) -> int:
    return sum(OSA.distance(a.lower(), b.lower()) for a, b in zip(path, other, strict=True))


def _nearest(name: str, known: Iterable[str]) -> str | None:
    wanted = _folded(name)
    scored = [(OSA.distance(wanted, _folded(each)), each) for each in known]
    slips, near = min(scored, default=(len(wanted), ""))
    return near if slips <= max(1, len(wanted) // _LETTERS_A_SLIP) < len(wanted) else None


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _words(name: str) -> list[str]:
    return [word for word in name.lower().replace("-", "_").split("_") if word]
