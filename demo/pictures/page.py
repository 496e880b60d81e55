"""Messages with their components as one HTML page in the manner of Discord's client.

The style is the project's own: system fonts, no files of Discord.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from demo.pictures.client_words import ClientWords
from demo.pictures.markdown import Names, html, inline
from demo.pictures.style import SCRIPT, STYLE
from simulators.discord.components import ComponentType

_ROW, _BUTTON = ComponentType.ACTION_ROW, ComponentType.BUTTON
_STRING_SELECT, _TEXT = ComponentType.STRING_SELECT, ComponentType.TEXT_DISPLAY
_SECTION, _SEPARATOR, _CONTAINER = 9, 14, 17
_STYLES: Final[Mapping[int, str]] = {
    1: "primary",
    2: "secondary",
    3: "success",
    4: "danger",
    5: "secondary",
    6: "primary",
}


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message as a page shows it."""

    author: str
    content: str = ""
    embeds: Sequence[Mapping[str, Any]] = ()
    components: Sequence[Mapping[str, Any]] = ()
    files: Sequence[str] = ()
    """The names of attached files."""
    ephemeral: bool = False
    command: str = ""
    """The command that it answers, without the slash."""
    asker: str = ""
    """Who ran the command."""
    bot: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of one channel; its title is a channel mention."""

    channel_id: int
    messages: Sequence[ShownMessage]


def page(parts: Iterable[Part], names: Names, words: ClientWords, *, light: bool) -> str:
    """A whole HTML document; ``#shot`` is the element to take a picture of."""
    theme = "light" if light else "dark"
    body = "".join(_part(part, names, words) for part in parts)
    return (
        f'<!doctype html><html lang="{escape(words.language)}"><meta charset="utf-8">'
        f'<style>{STYLE}</style><body class="{theme}"><div id="shot">{body}</div>'
        f"<script>{SCRIPT}</script></body></html>"
    )


def _part(part: Part, names: Names, words: ClientWords) -> str:
    title = names.channel_html(part.channel_id)
    messages = "".join(message_html(message, names, words) for message in part.messages)
    return f"<section><header>{title}</header>{messages}</section>"


def message_html(message: ShownMessage, names: Names, words: ClientWords) -> str:
    """One message with who ran the command above and what the client writes below."""
    before = ""
    if message.command:
        used = words.used.format(
            name=f"<b>{escape(message.asker)}</b>",
            command=f'<span class="command">/{escape(message.command)}</span>',
        )
        before = f'<div class="reply">{_avatar(message.asker, "tiny")}{used}</div>'
    badge = f'<span class="badge">{escape(words.app)}</span>' if message.bot else ""
    head = f'<div class="head"><b>{escape(message.author)}</b>{badge}<time data-now></time></div>'
    body = html(message.content, names)
    body += "".join(_embed(each, names) for each in message.embeds)
    body += "".join(f'<div class="file">📄 {escape(name)}</div>' for name in message.files)
    body += "".join(_component(each, names, words) for each in message.components)
    below = ""
    if message.ephemeral:
        below = (
            f'<div class="only">👁 {escape(words.only_you)} • <a>{escape(words.dismiss)}</a></div>'
        )
    kind = " ephemeral" if message.ephemeral else ""
    return (
        f'<article class="message{kind}">{before}<div class="row">'
        f'{_avatar(message.author)}<div class="body">{head}{body}{below}</div></div></article>'
    )


def _avatar(name: str, size: str = "") -> str:
    hue = sum(ord(letter) * (place + 7) for place, letter in enumerate(name)) % 360
    first = escape(name[:1].upper())
    return f'<span class="avatar {size}" style="background:hsl({hue} 45% 45%)">{first}</span>'


def _embed(embed: Mapping[str, Any], names: Names) -> str:
    shown = []
    if embed.get("author"):
        shown.append(f'<div class="small">{escape(embed["author"]["name"])}</div>')
    if embed.get("title"):
        shown.append(f"<h3>{inline(embed['title'], names)}</h3>")
    if embed.get("description"):
        shown.append(html(embed["description"], names))
    shown += [
        f"<b>{inline(each['name'], names)}</b>{html(each['value'], names)}"
        for each in embed.get("fields") or ()
    ]
    if embed.get("footer"):
        shown.append(f'<div class="small">{escape(embed["footer"]["text"])}</div>')
    return f'<div class="embed">{"".join(shown)}</div>'


def _component(part: Mapping[str, Any], names: Names, words: ClientWords) -> str:
    kind = part["type"]
    inner = "".join(_component(each, names, words) for each in part.get("components") or ())
    if kind == _ROW:
        return f'<div class="buttons">{inner}</div>'
    if kind == _BUTTON:
        return _button(part)
    if kind == _TEXT:
        return html(part["content"], names)
    if kind == _SECTION:
        beside = _component(part["accessory"], names, words)
        return f'<div class="section"><div>{inner}</div>{beside}</div>'
    if kind == _SEPARATOR:
        return "<hr>"
    if kind == _CONTAINER:
        return f'<div class="embed">{inner}</div>'
    return _menu(part, names, words)


def _button(part: Mapping[str, Any]) -> str:
    emoji = (part.get("emoji") or {}).get("name") or ""
    label = escape(" ".join(filter(None, (emoji, part.get("label")))))
    off = " off" if part.get("disabled") else ""
    after = " ↗" if part.get("url") else ""
    return f'<span class="button {_STYLES[part["style"]]}{off}">{label}{after}</span>'


def _menu(part: Mapping[str, Any], names: Names, words: ClientWords) -> str:
    """A closed menu: what is picked, or the hint."""
    if part["type"] == _STRING_SELECT:
        picked = [escape(each["label"]) for each in part["options"] if each.get("default")]
    else:
        picked = [_entity(each, names) for each in part.get("default_values") or ()]
    hint = escape(part.get("placeholder") or words.choose)
    shown = ", ".join(picked) or f'<span class="hint">{hint}</span>'
    return f'<span class="menu">{shown}<span>⌄</span></span>'


def _entity(default: Mapping[str, Any], names: Names) -> str:
    known = int(default["id"])
    match default["type"]:
        case "channel":
            return names.channel_html(known)
        case "role":
            return names.role_html(known)
        case _:
            return names.member_html(known)
