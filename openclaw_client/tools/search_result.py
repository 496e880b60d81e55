"""The result of ``web_search`` as words to say and links to show. No I/O.

OpenClaw gives results with title, address and snippet, or an answer of a search engine that writes
one. It marks all text of the web as untrusted; the marks are removed here, and what is said counts
as words of the web, not of the agent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from openclaw_client.tools.imported import ToolResult
from openclaw_client.turn_text import clean_words

_MARKS: Final = re.compile(r"<<<(?:END_)?EXTERNAL_UNTRUSTED_CONTENT[^>]{0,100}>>>")
_HEADER: Final = re.compile(r"^(?:Source: .{0,80}|---)$", re.MULTILINE)
_LONGEST_SPOKEN: Final = 400
_LONGEST_TITLE: Final = 120
_MOST_LINKS: Final = 5
_READ_CHARS: Final = 20_000


@dataclass(frozen=True, slots=True)
class SearchFound:
    """What a search found: words to say, which may be none, and links as (title, address)."""

    spoken: str
    links: tuple[tuple[str, str], ...] = ()
    failure: str = ""


def read_search(result: ToolResult) -> SearchFound:
    """The outcome of a search. Its texts are cut before they are read."""
    details = result.details
    match details.get("kind"):
        case "error":
            return SearchFound("", failure=_plain(details.get("message")) or "no reason given")
        case "answer":
            return SearchFound(
                _cut(_plain(details.get("content"))), _links(details.get("citations"))
            )
        case "results":
            rows = [row for row in _rows(details.get("results")) if isinstance(row, dict)]
            told = (_plain(row.get("snippet")) or _plain(row.get("title")) for row in rows)
            return SearchFound(_cut(next((each for each in told if each), "")), _links(rows))
    return SearchFound(_cut(_plain(result.text)))


def _links(rows: Any) -> tuple[tuple[str, str], ...]:
    found = []
    for row in _rows(rows):
        address = row.get("url") if isinstance(row, dict) else None
        if not isinstance(address, str) or urlsplit(address).scheme not in ("http", "https"):
            continue
        title = _plain(row.get("title"))[:_LONGEST_TITLE] or address[:_LONGEST_TITLE]
        found.append((title, address))
    return tuple(found[:_MOST_LINKS])


def _rows(rows: Any) -> list[Any]:
    return rows[:_MOST_LINKS] if isinstance(rows, list) else []


def _plain(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    return clean_words(_HEADER.sub("", _MARKS.sub("", text[:_READ_CHARS])))


def _cut(text: str) -> str:
    """Whole sentences, as far as they are short enough to be said."""
    if len(text) <= _LONGEST_SPOKEN:
        return text
    whole = text[:_LONGEST_SPOKEN]
    end = max(whole.rfind(mark) for mark in (". ", "! ", "? ", "。"))
    return whole[: end + 1] if end > 0 else f"{whole.rpartition(' ')[0] or whole}…"
