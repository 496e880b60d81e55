"""Discord's Markdown as HTML: what the client shows of a message's text.

Source: "Markdown Text 101" of Discord's help pages, and "Message Formatting" of the API reference
for mentions and timestamps. Tables and code highlighting are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final, TypeAlias

_DEEPEST: Final = 8
"""Marks inside marks; deeper ones stay as they are written."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of what a text mentions, by id. An unknown id is shown as the client shows it."""

    members: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)
    voice: frozenset[int] = frozenset()
    """The channels that are voice channels."""
    roles: Mapping[int, str] = field(default_factory=dict)

    def channel_html(self, channel_id: int) -> str:
        name = escape(self.channels.get(channel_id, "unknown"))
        icon = "🔊 " if channel_id in self.voice else "#"
        return f'<span class="mention">{icon}{name}</span>'

    def message_html(self, channel_id: int) -> str:
        """A link to a message of a channel."""
        return self.channel_html(channel_id).replace("</span>", " › 💬</span>")

    def member_html(self, member_id: int) -> str:
        return (
            f'<span class="mention">@{escape(self.members.get(member_id, "unknown-user"))}</span>'
        )

    def role_html(self, role_id: int) -> str:
        return f'<span class="mention">@{escape(self.roles.get(role_id, "unknown-role"))}</span>'


_INLINE: Final = re.compile(
    r"""
      \\(?P<escaped>[^\sA-Za-z0-9])
    | (?P<ticks>`{1,2})(?P<code>[^`]+)(?P=ticks)
    | <(?P<kind>@!?|@&|\#)(?P<id>\d{1,20})>
    | </(?P<command>[^:<>\n]{1,100}):\d{1,20}>
    | <t:(?P<time>-?\d{1,13})(?::(?P<style>[tTdDfFR]))?>
    | <a?:(?P<emoji>\w{2,32}):\d{1,20}>
    | \[(?P<label>[^\[\]\n]+)\]\(<?(?P<target>https?://[^\s<>()]+)>?\)
    | <(?P<quiet>https?://[^\s<>]+)>
    | https://discord\.com/channels/\d{1,20}/(?P<linked>\d{1,20})/\d{1,20}
    | (?P<url>https?://[^\s<>]+[^\s<>.,:;"'\])])
    | \*\*(?P<bold>(?:[^*\\]|\\.|\*(?!\*))+)\*\*(?!\*)
    | __(?P<underlined>(?:[^_\\]|\\.|_(?!_))+)__
    | ~~(?P<struck>(?:[^~\\]|\\.)+)~~
    | \|\|(?P<spoiler>(?:[^|\\]|\\.)+)\|\|
    | \*(?P<italic>(?=\S)(?:[^*\\]|\\.)+)(?<=\S)\*
    | (?<!\w)_(?P<italic_too>(?:[^_\\]|\\.)+)_(?!\w)
    """,
    re.VERBOSE | re.DOTALL,
)
_TAGS: Final = {
    "bold": ("<strong>", "</strong>"),
    "underlined": ("<u>", "</u>"),
    "struck": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "italic": ("<em>", "</em>"),
    "italic_too": ("<em>", "</em>"),
}
_BLOCK: Final = re.compile(r"```(?:[A-Za-z0-9_+-]*\n)?(.+?)```", re.DOTALL)
_HEADING: Final = re.compile(r"(#{1,3}) +(\S.*)")
_ITEM: Final = re.compile(r"( *)(?:[-*]|(\d{1,9})\.) +(\S.*)")
_Found: TypeAlias = re.Match[str]


def html(text: str, names: Names) -> str:
    """A message's text as HTML; whatever it contains, it adds no markup of its own."""
    shown, at = [], 0
    for block in _BLOCK.finditer(text):
        shown.append(_lines(text[at : block.start()], names))
        shown.append(f"<pre>{escape(block[1].strip(chr(10)))}</pre>")
        at = block.end()
    shown.append(_lines(text[at:], names))
    return "".join(shown)


def _lines(text: str, names: Names) -> str:
    shown: list[str] = []
    quoted: list[str] = []
    for line in text.strip("\n").split("\n") if text.strip("\n") else []:
        if line == ">" or line.startswith("> "):
            quoted.append(_line(line[2:], names))
            continue
        if quoted:
            shown.append(_quote(quoted))
            quoted = []
        shown.append(_line(line, names))
    if quoted:
        shown.append(_quote(quoted))
    return "".join(shown)


def _quote(lines: list[str]) -> str:
    return f"<blockquote>{''.join(lines)}</blockquote>"


def _line(line: str, names: Names) -> str:
    if line.startswith("-# ") and line[3:].strip():
        return f'<div class="small">{inline(line[3:], names)}</div>'
    heading = _HEADING.fullmatch(line)
    if heading is not None:
        level = len(heading[1])
        return f"<h{level}>{inline(heading[2], names)}</h{level}>"
    item = _ITEM.fullmatch(line)
    if item is not None:
        mark = f"{item[2]}." if item[2] else "◦" if item[1] else "•"
        deep = " deep" if item[1] else ""
        return f'<div class="item{deep}"><span>{mark}</span>{inline(item[3], names)}</div>'
    return f"<div>{inline(line, names) or '&nbsp;'}</div>"


def inline(text: str, names: Names, depth: int = 0) -> str:
    """The marks within a line as HTML."""
    shown, at = [], 0
    if depth == _DEEPEST:
        return escape(text)
    for found in _INLINE.finditer(text):
        shown.append(escape(text[at : found.start()]))
        shown.append(_marked(found, names, depth))
        at = found.end()
    shown.append(escape(text[at:]))
    return "".join(shown)


def _marked(found: _Found, names: Names, depth: int) -> str:
    mark = found.lastgroup or ""
    if mark in _TAGS:
        before, after = _TAGS[mark]
        return f"{before}{inline(found[mark], names, depth + 1)}{after}"
    if mark == "id":
        return _mention(found, names)
    if mark == "linked":
        return names.message_html(int(found["linked"]))
    if mark in {"time", "style"}:
        return f'<time data-at="{found["time"]}" data-style="{found["style"] or "f"}"></time>'
    if mark == "target":
        return f"<a>{inline(found['label'], names, depth + 1)}</a>"
    return _SIMPLE[mark](escape(found[mark]))


_SIMPLE: Final[Mapping[str, Callable[[str], str]]] = {
    "escaped": lambda shown: shown,
    "code": lambda shown: f"<code>{shown}</code>",
    "command": lambda shown: f'<span class="mention">/{shown}</span>',
    "emoji": lambda shown: f":{shown}:",
    "quiet": lambda shown: f"<a>{shown}</a>",
    "url": lambda shown: f"<a>{shown}</a>",
}


def _mention(found: _Found, names: Names) -> str:
    known = int(found["id"])
    match found["kind"]:
        case "#":
            return names.channel_html(known)
        case "@&":
            return names.role_html(known)
        case _:
            return names.member_html(known)
