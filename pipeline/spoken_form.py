"""What is written, as it is to be spoken: markdown, links, Discord's marks and emoji taken out.

Numbers and units are left to the speech engine, which knows its language better.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Final

from pipeline.languages import ENGLISH, Language

_EMOJI: Final = re.compile(
    "["
    "\U0001f000-\U0001faff"  # pictographs, faces, symbols, flags' letters
    "\U000e0020-\U000e007f"  # tags within flags
    "\u2600-\u27bf"  # miscellaneous symbols, dingbats
    "\u2300-\u23ff"  # technical: watches, play buttons
    "\u2b00-\u2bff"  # stars, big arrows
    "\ufe0e\ufe0f\u200d\u20e3"  # variation selectors, joiner, keycap
    "]+"
)
_URL: Final = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"']+", re.IGNORECASE)
_HOST: Final = re.compile(r"^(?:https?://)?(?:[^/?#@]*@)?([^/:?#]*).*$", re.IGNORECASE)
_URL_TAIL: Final = ".,;:!?*_~|`"

_Rule = tuple[re.Pattern[str], str]
_LINE_MARKS: Final[tuple[_Rule, ...]] = (
    (re.compile(r"^\s*(?:>+\s+)+", re.MULTILINE), ""),
    (re.compile(r"^\s*(?:#{1,6}|-#)\s+", re.MULTILINE), ""),
    (re.compile(r"^\s*[-*+•‣◦–]\s+(?:\[[ xX]\]\s+)?", re.MULTILINE), ""),
)
_DISCORD: Final[tuple[_Rule, ...]] = (
    (re.compile(r"<a?:\w+:\d+>"), " "),
    (re.compile(r"<t:-?\d+(?::[a-zA-Z])?>"), " "),
    (re.compile(r"</([^:>]+):\d+>"), r"\1"),
    (re.compile(r"(?<![\w:]):[a-zA-Z][\w+-]*:(?![\w:])"), " "),
    (re.compile(r"\|\|(.+?)\|\|", re.DOTALL), r"\1"),
)
_EMPHASIS: Final[tuple[_Rule, ...]] = (
    (re.compile(r"(`+)(.+?)\1"), r"\2"),
    (re.compile(r"~~(.+?)~~"), r"\1"),
    (re.compile(r"(\*{1,3})(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    # A word with _ in it is a name from code; only around words is it emphasis.
    (re.compile(r"(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    # What is left of marks whose other half is in another sentence.
    (re.compile(r"(?<!\S)(?:\*+|_+|~~|`+)(?=\w)|(?<=[\w.,;:!?])(?:\*+|~~|`+)(?!\w)"), ""),
)
_TYPOGRAPHY: Final[tuple[_Rule, ...]] = (
    (re.compile(r"<br\s*/?>|</?(?:b|i|u|s|em|strong|p|sub|sup|code|kbd)>", re.IGNORECASE), " "),
    (re.compile(r"\s+(?:—|–|--+|->|=>|→|⇒)\s+"), ", "),
    (re.compile(r"(?<!\S)(?:\(\s*\)|\[\s*\])"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r" +([.,;:!?…])"), r"\1"),
    (re.compile(r",(?=[.,;:!?])"), ""),
)
_MENTION: Final = re.compile(r"<(@!?|@&|#)(\d+)>")
_IMAGE_OR_LINK: Final = re.compile(r"!?\[([^\]\n]*)\]\(<?([^\s)>]+)>?(?:\s+\"[^\"]*\")?\)")
_ANGLED_LINK: Final = re.compile(r"<((?:https?://|mailto:)[^\s>]+)>")


def spoken_form(
    text: str, language: Language = ENGLISH, names: Mapping[int, str] | None = None
) -> str:
    """One sentence or line as it is to be spoken; empty when there is nothing to say.

    ``names`` are the people's names by their Discord id, for mentions.
    """
    for pattern, replacement in _LINE_MARKS:
        text = pattern.sub(replacement, text)
    text = _IMAGE_OR_LINK.sub(lambda link: link[1] or link[2], text)
    text = _ANGLED_LINK.sub(r"\1", text)
    text = _MENTION.sub(_mention(language, names or {}), text)
    text = _apply(_DISCORD, text)
    text = _URL.sub(_host, text)
    text = html.unescape(_apply(_EMPHASIS, text))
    text = re.sub(r"(?<=\s)&(?=\s)", language.spoken["and"], text)
    text = _apply(_TYPOGRAPHY, _EMOJI.sub(" ", text)).strip()
    return text if any(character.isalnum() for character in text) else ""


def code_summary(name: str, lines: int, language: Language = ENGLISH) -> str:
    """What is said in place of a block of code in the programming language ``name``."""
    spoken = language.spoken
    count = spoken["line"] if lines == 1 else spoken["lines"].format(count=lines)
    if not name:
        return spoken["code"].format(lines=count)
    return spoken["code_in"].format(language=_PROPER_NAMES.get(name.lower(), name), lines=count)


def table_rows(rows: list[str], limit: int, language: Language = ENGLISH) -> list[str]:
    """A markdown table, row by row, as sentences: "Name: Ada, Age: 36." Beyond ``limit``, a count.

    Raises:
        ValueError: there are no rows.
    """
    if not rows:
        raise ValueError("a table has at least one row")
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    head: list[str] = []
    if len(cells) > 1 and all(re.fullmatch(r":?-+:?", cell) for cell in cells[1]):
        head, cells = cells[0], cells[2:]
    sentences = [sentence for row in cells[:limit] if (sentence := _row(head, row))]
    rest = len(cells) - limit
    if rest > 0:
        more = "row_more" if rest == 1 else "rows_more"
        sentences.append(language.spoken[more].format(count=rest))
    return sentences


def _row(head: list[str], row: list[str]) -> str:
    named = [
        f"{head[column]}: {cell}" if column < len(head) and head[column] else cell
        for column, cell in enumerate(row)
        if cell
    ]
    return ", ".join(named).rstrip(".") + "." if named else ""


def _apply(rules: tuple[_Rule, ...], text: str) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def _host(match: re.Match[str]) -> str:
    bare = match[0].rstrip(_URL_TAIL)
    host = _HOST.sub(r"\1", bare).lower().removeprefix("www.")
    return host + match[0][len(bare) :]


def _mention(language: Language, names: Mapping[int, str]) -> Callable[[re.Match[str]], str]:
    def name(match: re.Match[str]) -> str:
        if match[1] == "#":
            return language.spoken["channel"]
        if match[1] == "@&":
            return language.spoken["role"]
        return names.get(int(match[2]), language.spoken["someone"])

    return name


_PROPER_NAMES: Final[Mapping[str, str]] = {
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
