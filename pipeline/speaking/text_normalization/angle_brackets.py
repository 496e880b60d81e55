"""What an opening angle bracket begins: Discord's marks, a model's tokens, tags, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pipeline.speaking.text_normalization import inline
from pipeline.speaking.text_normalization.lookahead import Lookahead, NeedMore
from pipeline.speaking.text_normalization.regions import (
    Region,
    UntilClosingTag,
    UntilLineEnd,
    UntilText,
    UntilToken,
    base_name,
    token_name,
)
from pipeline.speaking.text_normalization.tokens import Atom, AtomKind, ReasoningClosed, Token

Found = tuple[int, Token | Region | None]

_COMMENT: Final = "<!--"


def angle_bracket(text: str, before: str, *, final: bool) -> Found | None:
    """What begins with ``<``; None when it is no more than that sign.

    Raises:
        NeedMore: it cannot be told yet.
    """
    follows = Lookahead(text, 2, final=final).char_at(1)
    if follows in ("", " ", "\n") or follows.isdigit():
        return None
    if follows in "!?":
        return _declaration(text, final=final)
    found = inline.discord_or_url(text, final=final)
    if found is not None:
        return found
    hidden = model_token(text, final=final)
    if hidden is not None:
        return hidden
    tag = read_tag(text, final=final)
    return None if tag is None else _found_tag(tag, text, before, final=final)


def _declaration(text: str, *, final: bool) -> Found | None:
    ahead = Lookahead(text, len(_COMMENT), final=final)
    if text.startswith(_COMMENT):
        return len(_COMMENT), UntilText("-->")
    if not ahead.closed and _COMMENT.startswith(text):
        ahead.char_at(len(text))
    named = ahead.char_at(2)
    return (2, UntilText(">")) if named.isalpha() or named == "[" else None


def _found_tag(tag: Tag, text: str, before: str, *, final: bool) -> Found | None:
    end = len(tag.raw)
    match tag.treatment:
        case TagTreatment.REASONING if tag.is_closing:
            return end, ReasoningClosed()
        case TagTreatment.REASONING | TagTreatment.HIDDEN:
            return end, None if tag.is_closing or tag.is_void else UntilClosingTag(tag.name)
        case TagTreatment.WORDS:
            link = Atom(AtomKind.TARGET, tag.raw, target=tag.href) if tag.href else None
            return end, link or (" " if tag.separates_words else None)
        case TagTreatment.BREAK:
            return end, "\n"
        case TagTreatment.UNKNOWN:
            return _found_unknown_tag(tag, text, before, final=final)


def _found_unknown_tag(tag: Tag, text: str, before: str, *, final: bool) -> Found | None:
    """Two halves have a tool's words between them; one alone is a name in a text."""
    end = len(tag.raw)
    if tag.is_closing or tag.is_void:
        return end, None
    if before.isalnum():
        return None  # a type in code: List<String>
    last = closing_tag_end(text, tag.name, end, final=final)
    if last is not None:
        return last, None
    return end, Atom(AtomKind.CODE, tag.raw, tag.raw.strip("<>"))


LONGEST_TAG: Final = 1000
_LONGEST_PAIR: Final = 2000
"""How far a tag of an unknown name is followed to find its other half."""

_NAME: Final = r"[A-Za-z_|｜][\w:.|｜▁-]*+"
_TAG: Final = re.compile(rf"<(?P<close>/?)(?P<name>{_NAME})(?P<rest>[^<>]*)>")
_TAG_BEGUN: Final = re.compile(rf"</?(?:{_NAME})?(?:[=\s/][^<>]*)?")
_TAG_REST: Final = re.compile(
    r"""(?:=[^\s<>]+)?(?:\s+[\w:.@-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*\s*/?"""
)
_NO_ATTRIBUTES: Final = re.compile(rf"</?{_NAME}\s+(?:[^\w\s:.@/-]|[\w:.@-]+\s+[^=\s/>])")
_TAG_LAST: Final = re.compile(">")
_HREF: Final = re.compile(r"""\shref\s*=\s*["']?([^\s"'<>]+)""", re.IGNORECASE)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


REASONING: Final = _names(
    "think thinking thought thoughts reasoning reflection scratchpad analysis antthinking "
    "inner_monologue inner_thoughts chain_of_thought internal_monologue seed:think"
)
_MODEL_PARTS: Final = _names(
    "tool tools toolcall toolcalls tooluse function functions functioncall invoke parameter "
    "parameters param arguments args call calls result results output outputs observation action "
    "actions artifact antartifact system"
)
_NOT_FOR_PEOPLE: Final = _names("script style svg math iframe object template head title")
_AROUND_WORDS: Final = _names(
    "a final final_answer answer response reply say speech spoken "
    "speak voice prosody emphasis sub say-as phoneme lang audio desc s w token "
    "b i u em strong span small mark del ins strike q cite abbr dfn kbd samp var code tt pre font "
    "sup big label time data bdi bdo ruby rt rp body html main nav figure figcaption"
)
_AROUND_SENTENCES: Final = _names("speak voice s express-as lang")
_ALONE: Final = _names("break img input mark bookmark wbr meta link col source pad unk bos eos")
_BREAKS: Final = _names(
    "br p div li ul ol dl dt dd tr td th table thead tbody tfoot hr h1 h2 h3 h4 h5 h6 details "
    "summary blockquote section article header footer center paragraph"
)


class TagTreatment(Enum):
    """How a tag and its content are treated."""

    REASONING = auto()
    HIDDEN = auto()
    """Nothing of it is for people."""
    WORDS = auto()
    """The words in it are spoken, the tag is not."""
    BREAK = auto()
    """As the one before, and they are a line of their own."""
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    """``name`` is in lower case, without the attributes and without a vendor's prefix."""

    raw: str
    name: str
    treatment: TagTreatment
    is_closing: bool
    is_void: bool
    """It has no other half."""
    separates_words: bool
    """Words before and behind it are two words."""
    href: str = ""


def read_tag(text: str, *, final: bool) -> Tag | None:
    """The tag that begins ``text``; None when that ``<`` is no tag's.

    Raises:
        NeedMore: it cannot be told yet.
    """
    ahead = Lookahead(text, LONGEST_TAG, final=final)
    match = _TAG.match(ahead.text)
    if match is None:
        begun = _TAG_BEGUN.fullmatch(ahead.text) and not _NO_ATTRIBUTES.match(ahead.text)
        if begun and not ahead.closed:
            raise NeedMore
        return None
    if _TAG_REST.fullmatch(match["rest"]) is None or _NO_ATTRIBUTES.match(match[0]):
        return None
    name = match["name"].lower().rstrip("/")
    link = _HREF.search(match["rest"]) if name == "a" else None
    return Tag(
        match[0],
        base_name(name),
        _treatment(name, match["rest"]),
        is_closing=bool(match["close"]),
        is_void=match["rest"].endswith("/") or name in _ALONE,
        separates_words=name in _ALONE or base_name(name) in _AROUND_SENTENCES,
        href=link[1] if link else "",
    )


def closing_tag_end(text: str, name: str, start: int, *, final: bool) -> int | None:
    """Where the other half of an unknown tag ends; None when it has none within the bound.

    Raises:
        NeedMore: it cannot be told yet.
    """
    ahead = Lookahead(text, _LONGEST_PAIR, final=final)
    # Only the first few halves count: the depth of what repeats without end tells nothing.
    pattern = re.compile(rf"<(/?)(?:[\w.-]+:)?{re.escape(name)}(?=[\s/>=])[^<>]*>", re.IGNORECASE)
    depth, place = 1, start
    for _ in range(8):
        match = ahead.find(pattern, place, last=_TAG_LAST)
        if match is None:
            return None
        depth += -1 if match[1] else 1
        place = match.end()
        if not depth:
            return place
    return None


def _treatment(name: str, rest: str) -> TagTreatment:
    bare = base_name(name)
    if bare in REASONING or name in REASONING:
        return TagTreatment.REASONING
    if bare in _BREAKS:
        return TagTreatment.BREAK
    if (
        bare in _AROUND_WORDS
        or bare in _ALONE
        or bare == "a"
        or name.startswith(("amazon:", "mstts:"))
    ):
        return TagTreatment.WORDS
    if bare in _NOT_FOR_PEOPLE or rest.startswith("="):
        return TagTreatment.HIDDEN
    parts = _MODEL_PARTS.intersection(re.split(r"[\W_▁]+", name))
    return TagTreatment.HIDDEN if parts else TagTreatment.UNKNOWN


_MODEL_TOKEN: Final = re.compile(
    r"<[|｜](?P<name>[^<>|｜\n]{1,60})[|｜]>|<[|｜](?P<opens>\w{1,60})>|<(?P<closes>[a-z_]{1,60})[|｜]>"
)
_MODEL_TOKEN_BEGUN: Final = re.compile(r"<[|｜][^<>\n]{0,60}[|｜]?|<[a-z_]{1,60}[|｜]?")
_MODEL_ROLES: Final = re.compile(r"<start_of_turn>|<end_of_turn>")
_HIDING_TOKEN: Final = re.compile(r"tool|think|reason|action|call|python_tag|function|thought")
_ANY_TOKEN_END: Final = re.compile(r"end|eom|eot|^/|return|im_start|^start")
_TOKEN_BEGIN: Final = re.compile(r"begin|^start_")
_NEVER: Final = re.compile(r"(?!)")
_HARMONY_END: Final = re.compile(r"^(?:end|return|call|start|channel|eot|eom)")
_HEADER_END: Final = re.compile(r"^(?:message|channel|end)")


def model_token(text: str, *, final: bool) -> Found | None:
    """The token that begins ``text``, and what is hidden behind it; None when there is none.

    Raises:
        NeedMore: it cannot be told yet.
    """
    ahead = Lookahead(text, 70, final=final)
    if role := _MODEL_ROLES.match(ahead.text):
        return role.end(), UntilLineEnd() if "start" in role[0] else None
    match = _MODEL_TOKEN.match(ahead.text)
    if match is None:
        ahead.match_run(_MODEL_TOKEN_BEGUN)
        return None
    if match["opens"] or match["closes"]:
        return match.end(), _gemma_region(match["opens"]) if match["opens"] else None
    return _region_after_token(text, match.end(), token_name(match["name"]), final=final)


def _region_after_token(text: str, end: int, name: str, *, final: bool) -> Found:
    if name == "channel":
        channel = Lookahead(text, end + 40, final=final).match_run(re.compile(r"[ \t]*\w*"), end)
        if channel is not None and channel[0].strip() == "final":
            return channel.end(), UntilToken(re.compile("^message"), _NEVER)
        return end, UntilToken(_HARMONY_END, _NEVER, keep=True)
    if name in ("start", "start_header_id"):
        return end, UntilToken(_HEADER_END, _NEVER, keep=name == "start")
    if name == "im_start":
        return end, UntilLineEnd()
    if _HIDING_TOKEN.search(name) and not _ANY_TOKEN_END.search(name.replace("start_", "")):
        family = _TOKEN_BEGIN if _TOKEN_BEGIN.search(name) else _NEVER
        return end, UntilToken(_ANY_TOKEN_END, family)
    return end, None


def _gemma_region(name: str) -> Region:
    """``<|name>`` ends with ``<name|>``."""
    return UntilToken(re.compile(f"^{re.escape(name.lower())}$"), _NEVER)
