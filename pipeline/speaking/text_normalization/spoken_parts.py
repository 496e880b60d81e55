"""The spoken form of code blocks, tables and Discord's timestamps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons import Language

_BAR: Final = re.compile(r"(?<!\\)\|")
_DASHES: Final = re.compile(r"\s*:?-+:?\s*")
_LONGEST_ROW: Final = 500
"""Characters of a table's row that are read."""
_LONGEST_NAME: Final = 30
"""Characters of an unknown programming language's name that are read."""

_CODE_LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "py": "Python",
        "python": "Python",
        "js": "JavaScript",
        "javascript": "JavaScript",
        "ts": "TypeScript",
        "typescript": "TypeScript",
        "sh": "shell",
        "bash": "shell",
        "console": "shell",
        "shell": "shell",
        "json": "JSON",
        "yaml": "YAML",
        "yml": "YAML",
        "html": "HTML",
        "css": "CSS",
        "sql": "SQL",
        "rs": "Rust",
        "rust": "Rust",
        "go": "Go",
        "cpp": "C++",
        "c++": "C++",
        "cs": "C sharp",
        "csharp": "C sharp",
        "java": "Java",
        "kotlin": "Kotlin",
        "ruby": "Ruby",
        "rb": "Ruby",
        "php": "PHP",
        "toml": "TOML",
        "xml": "XML",
    }
)
"""Spoken names of programming languages, by the name after a code fence."""

_UNITS: Final = (
    ("year", 365 * 86_400),
    ("month", 30 * 86_400),
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)


# -- code blocks --------------------------------------------------------------------------------


def spoken_code(name: str, lines: int, language: Language) -> str:
    """The sentence that replaces a code block of ``lines`` lines in the programming language
    ``name``, which may be empty."""
    spoken = language.spoken
    count = spoken["line"] if lines == 1 else spoken["lines"].format(count=lines)
    name = "".join(filter(str.isprintable, name))[:_LONGEST_NAME]
    if not name:
        return spoken["code"].format(lines=count)
    return spoken["code_in"].format(language=_CODE_LANGUAGES.get(name.lower(), name), lines=count)


# -- tables -------------------------------------------------------------------------------------


def spoken_table(
    rows: Sequence[str], limit: int, language: Language, normalize: Callable[[str], str]
) -> tuple[list[str], bool]:
    """A Markdown table as sentences ("Name: Ada, Age: 36."), and whether they hold all of it.

    Rows beyond ``limit`` are only counted. ``normalize`` gives the spoken form of a cell.

    Raises:
        ValueError: there are no rows.
    """
    sentences, left = _spoken_rows(rows, limit, normalize)
    if left:
        more = "row_more" if left == 1 else "rows_more"
        sentences.append(language.spoken[more].format(count=left))
    return sentences, not left and all(len(row) <= _LONGEST_ROW for row in rows)


def _spoken_rows(
    rows: Sequence[str], limit: int, normalize: Callable[[str], str]
) -> tuple[list[str], int]:
    """Up to ``limit`` rows as sentences, and how many rows remain."""
    if not rows:
        raise ValueError("a table has at least one row")
    cells = [_split_cells(row) for row in rows[: limit + 2]]
    head: list[str] = []
    count = len(rows)
    if len(cells) > 1 and all(_DASHES.fullmatch(cell) for cell in cells[1]):
        head, cells, count = [normalize(cell) for cell in cells[0]], cells[2:], count - 2
    read = cells[:limit]
    sentences = [_row_sentence(head, [normalize(cell) for cell in row]) for row in read]
    return [each for each in sentences if each], max(0, count - len(read))


def _split_cells(row: str) -> list[str]:
    bare = row[:_LONGEST_ROW].strip()
    bare = bare.removeprefix("|")
    if not bare.endswith("\\|"):
        bare = bare.removesuffix("|")
    return [cell.strip() for cell in _BAR.split(bare)]


def _row_sentence(head: list[str], row: list[str]) -> str:
    named = [
        f"{head[column].rstrip(':')}: {cell}" if column < len(head) and head[column] else cell
        for column, cell in enumerate(row)
        if cell
    ]
    return ", ".join(named).rstrip(".") + "." if named else ""


# -- timestamps ---------------------------------------------------------------------------------


def spoken_time(seconds: int, style: str, now: float, language: Language) -> str:
    """Discord's timestamp ``<t:seconds:style>`` in this machine's time zone.

    ``seconds`` and ``now`` are Unix times.
    """
    spoken = language.spoken
    if style == "R":
        return _relative_time(seconds - now, language)
    try:
        when = datetime.fromtimestamp(seconds).astimezone()
    except (ValueError, OverflowError, OSError):
        return spoken["some_time"]
    clock = spoken["clock"].format(
        hour=when.hour,
        hour12=when.hour % 12 or 12,
        minute=when.minute,
        half=spoken["afternoon"] if when.hour >= 12 else spoken["morning"],
    )
    if style in ("t", "T"):
        return clock
    date = spoken["date"].format(
        day=when.day, month=spoken["months"].split()[when.month - 1], year=when.year
    )
    if style in ("d", "D"):
        return date
    if style == "F":
        date = f"{spoken['weekdays'].split()[when.weekday()]}, {date}"
    return spoken["date_at"].format(date=date, clock=clock)


def _relative_time(offset_s: float, language: Language) -> str:
    """The distance of a time that is ``offset_s`` from now, in its largest unit."""
    spoken, distance = language.spoken, round(abs(offset_s))
    unit, length = next(((u, s) for u, s in _UNITS if distance >= s), _UNITS[-1])
    count = round(distance / length)
    one, several = spoken[unit].split("/")
    span = one if count == 1 else several.format(count=count)
    return spoken["in" if offset_s > 0 else "ago"].format(span=span)
