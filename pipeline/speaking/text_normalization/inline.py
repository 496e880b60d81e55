"""Markup within a line: code, spoilers, URLs, citations, data, Discord's mentions and emoji."""

from __future__ import annotations

import re
from typing import Final

from pipeline.speaking.text_normalization.blocks import parsed_json
from pipeline.speaking.text_normalization.lookahead import Earliest, Lookahead
from pipeline.speaking.text_normalization.regions import Found
from pipeline.speaking.text_normalization.tokens import Atom, AtomKind

_LONGEST_CODE: Final = 500
_LONGEST_SPOILER: Final = 1000
_LONGEST_URL: Final = 2000
_LONGEST_DATA: Final = 500
_MOST_TICKS: Final = 16

_TICKS: Final = re.compile(r"`+")
_BARS_END: Final = Earliest(r"\|\|", r"\n[ \t]*\n")
_BARS_LAST: Final = re.compile(r"[|\n]")
_TICKS_LAST: Final = re.compile(r"[`\n]")
_DISCORD: Final = re.compile(
    r"<(?:(?P<person>@!?)|(?P<role>@&)|(?P<channel>#))(?P<id>\d{1,20})>"
    r"|<t:(?P<time>-?\d{1,15})(?::(?P<style>[a-zA-Z]))?>"
    r"|<a?:\w{1,64}:\d{1,20}>|<id:\w{1,30}>"
    r"|</(?P<command>[^:<>\n]{1,100}):\d{1,20}>"
)
_DISCORD_BEGUN: Final = re.compile(
    r"<(?:[@#][!&]?\d*|t(?::[\w:-]*)?|a?:?\w*:?\d*|id:?\w*|/[^<>\n]*)"
)
_ADDRESS: Final = re.compile(
    r"<(?:(?P<url>(?:https?://|mailto:)[^\s<>]+)|(?P<mail>[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,200}))>",
    re.IGNORECASE,
)
_ADDRESS_BEGUN: Final = re.compile(
    r"<(?:https?://[^\s<>]*|mailto:[^\s<>]*|[htps]{1,5}:?/?/?|[\w.+-]{1,64}(?:@[\w.-]*|:)?)",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"(?:https?://|www\.)(?:[^\s<>()\[\]\"'`。、，！？；：」』）】”]|\([^\s<>()]*\)?)*",
    re.IGNORECASE,
)
_URL_STOPS: Final = re.compile(r"[\s<>()\[\]\"'`。、，！？；：」』）】”]")
_HAS_HOST: Final = re.compile(r"(?:https?://|www\.)\w", re.IGNORECASE)
_MAIL: Final = "mailto:"
_URL_TAIL: Final = ".,;:!?*_~|"
_SOURCE_END: Final = re.compile(r"[】【\n]")
_IS_SOURCE: Final = re.compile(r"【[\d:]*†[^】]*】|【\d{1,3}(?::\d+)*】|【source】", re.IGNORECASE)
_CITE_END: Final = re.compile("\ue201|\n")
_DATA_BEGUN: Final = re.compile(r"""\{\s{0,9}(?:"[^"\n]{0,80}"\s{0,9}:|\})""")
_MAY_BE_DATA: Final = re.compile(r"""\{\s{0,9}(?:"[^"\n]{0,80}(?:"\s{0,9}:?)?)?|\{\s{0,9}\}""")
_DATA_MARK: Final = re.compile(r'[{}\[\]]|"(?:[^"\\\n]|\\.)*"?')


def code_span(text: str, *, final: bool) -> tuple[int, Atom | str | None]:
    """Inline code; `None` as its token if a code block may begin here instead."""
    ticks = Lookahead(text, _MOST_TICKS, final=final).match_run(_TICKS)
    assert ticks is not None
    count = ticks.end()
    ahead = Lookahead(text, _LONGEST_CODE, final=final)
    end = ahead.find(_code_end(count), count, after=1, last=_TICKS_LAST)
    if end is not None and end[0].startswith("`"):
        inside = text[count : end.start()]
        return end.end(), Atom(AtomKind.CODE, text[: end.end()], inside.strip())
    if count >= 3 and "\n" in ahead.text:
        return count, None
    return count, ticks[0]


def _code_end(count: int) -> re.Pattern[str]:
    line_end = "\\n" if count >= 3 else r"\n[ \t]*\n"
    return re.compile(rf"(?<!`)`{{{count}}}(?!`)|{line_end}")


def spoiler(text: str, *, final: bool) -> Found | None:
    """``||hidden text||``."""
    end = Lookahead(text, _LONGEST_SPOILER, final=final).find(_BARS_END, 2, last=_BARS_LAST)
    if end is None or end[0] != "||" or not text[2 : end.start()].strip():
        return None
    return end.end(), Atom(AtomKind.SPOILER, text[: end.end()])


def discord_or_url(text: str, *, final: bool) -> Found | None:
    """A mention, timestamp, emoji, command or URL in angle brackets."""
    ahead = Lookahead(text, 150, final=final)
    match = _DISCORD.match(ahead.text)
    if match is not None:
        return match.end(), _discord(match)
    address = Lookahead(text, _LONGEST_URL, final=final)
    match = _ADDRESS.match(address.text)
    if match is not None:
        target = match["url"] or f"{_MAIL}{match['mail']}"
        return match.end(), Atom(AtomKind.URL, match[0], target=target)
    ahead.match_run(_DISCORD_BEGUN)
    address.match_run(_ADDRESS_BEGUN)
    return None


def _discord(match: re.Match[str]) -> Atom:
    raw = match[0]
    if match["time"] is not None:
        return Atom(AtomKind.TIME, raw, match["style"] or "f", match["time"])
    if match["command"] is not None:
        return Atom(AtomKind.COMMAND, raw, match["command"])
    for group, kind in (
        ("person", AtomKind.PERSON),
        ("role", AtomKind.ROLE),
        ("channel", AtomKind.CHANNEL),
    ):
        if match[group] is not None:
            return Atom(kind, raw, target=match["id"])
    return Atom(AtomKind.SILENT, raw)


def url(text: str, *, final: bool) -> Found:
    """The URL that begins ``text``."""
    match = Lookahead(text, _LONGEST_URL, final=final).match_run(_URL, stops=_URL_STOPS)
    assert match is not None
    raw = match[0]
    if _HAS_HOST.match(raw) is None:
        return len(raw), raw
    if raw.count("(") > raw.count(")"):
        raw = raw[: raw.rfind("(")]
    raw = raw.rstrip(_URL_TAIL)
    return len(raw), Atom(AtomKind.URL, raw, target=raw)


def source(text: str, *, final: bool) -> Found | None:
    """A citation such as ``【4†source】``; None for brackets around words."""
    end = Lookahead(text, 90, final=final).find(_SOURCE_END, 1)
    if end is None or end[0] != "】" or not _IS_SOURCE.match(text):
        return None
    return end.end(), Atom(AtomKind.SILENT, text[: end.end()])


def private_citation(text: str, *, final: bool) -> Found:
    """A citation between private-use characters, as some models write it."""
    end = Lookahead(text, 200, final=final).find(_CITE_END, 1)
    return (end.end() if end is not None and end[0] != "\n" else 1), ""


def data(text: str, *, final: bool) -> Found | None:
    """A JSON object within a line."""
    ahead = Lookahead(text, _LONGEST_DATA, final=final)
    ahead.match_run(_MAY_BE_DATA)
    if not _DATA_BEGUN.match(ahead.text):
        return None
    depth = place = 0
    for _ in range(100):
        match = ahead.find(_DATA_MARK, place, after=1 if depth else 0)
        if match is None or depth > 6:
            break
        place = match.end()
        depth += (match[0] in "{[") - (match[0] in "}]")
        if not depth:
            is_json = parsed_json(text[:place]) is not None
            return (place, Atom(AtomKind.SILENT, "")) if is_json else None
    # The end of the text cut the object off.
    return (len(text), "") if final and len(text) < _LONGEST_DATA else None
