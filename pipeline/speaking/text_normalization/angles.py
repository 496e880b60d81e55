"""What an opening angle bracket begins: Discord's marks, a model's tokens, tags, comments."""

from __future__ import annotations

from typing import Final

from pipeline.speaking.text_normalization import inline, tags
from pipeline.speaking.text_normalization.ahead import Ahead
from pipeline.speaking.text_normalization.model_tokens import model_token
from pipeline.speaking.text_normalization.regions import Region, UntilClosingTag, UntilText
from pipeline.speaking.text_normalization.tags import Sense, Tag
from pipeline.speaking.text_normalization.tokens import AllWasReasoning, Atom, AtomKind, Token

Found = tuple[int, Token | Region | None]

_COMMENT: Final = "<!--"


def angle(text: str, before: str, *, final: bool) -> Found | None:
    """What begins with ``<``; None when it is no more than that sign.

    Raises:
        NeedMore: it cannot be told yet.
    """
    follows = Ahead(text, 2, final=final).at(1)
    if follows in ("", " ", "\n") or follows.isdigit():
        return None
    if follows in "!?":
        return _declaration(text, final=final)
    found = inline.angled(text, final=final)
    if found is not None:
        return found
    hidden = model_token(text, final=final)
    if hidden is not None:
        return hidden
    tag = tags.read_tag(text, final=final)
    return None if tag is None else _tag(tag, text, before, final=final)


def _declaration(text: str, *, final: bool) -> Found | None:
    ahead = Ahead(text, len(_COMMENT), final=final)
    if text.startswith(_COMMENT):
        return len(_COMMENT), UntilText("-->")
    if not ahead.closed and _COMMENT.startswith(text):
        ahead.at(len(text))
    named = ahead.at(2)
    return (2, UntilText(">")) if named.isalpha() or named == "[" else None


def _tag(tag: Tag, text: str, before: str, *, final: bool) -> Found | None:
    end = len(tag.raw)
    match tag.sense:
        case Sense.REASONING if tag.closes:
            return end, AllWasReasoning()
        case Sense.REASONING | Sense.HIDDEN:
            return end, None if tag.closes or tag.empty else UntilClosingTag(tag.name)
        case Sense.WORDS:
            link = Atom(AtomKind.TARGET, tag.raw, target=tag.leads_to) if tag.leads_to else None
            return end, link or (" " if tag.parts else None)
        case Sense.BREAK:
            return end, "\n"
        case Sense.UNKNOWN:
            return _unknown(tag, text, before, final=final)


def _unknown(tag: Tag, text: str, before: str, *, final: bool) -> Found | None:
    """Two halves have a tool's words between them; one alone is a name in a text."""
    end = len(tag.raw)
    if tag.closes or tag.empty:
        return end, None
    if before.isalnum():
        return None  # a type in code: List<String>
    last = tags.pair_end(text, tag.name, end, final=final)
    if last is not None:
        return last, None
    return end, Atom(AtomKind.CODE, tag.raw, tag.raw.strip("<>"))
