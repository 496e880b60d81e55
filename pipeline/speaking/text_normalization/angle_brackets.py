"""What an opening angle bracket begins: Discord's markup, a model token, a tag or a comment.

Tags are those that agents mean (HTML, SSML) and those that models leak: ``function_calls``,
``invoke`` and ``antml:`` (Anthropic), ``tool_call`` (Qwen, Hermes), ``function=name`` (Llama) and
``think`` (most). Model tokens such as ``<|this|>`` are those that an inference server did not
remove: OpenAI's harmony (``<|channel|>analysis<|message|>``), Llama's ``<|python_tag|>``,
DeepSeek's ``<｜tool▁calls▁begin｜>``, those of Kimi, Cohere, Phi and Gemma, and the roles of chat
templates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pipeline.speaking.text_normalization import inline
from pipeline.speaking.text_normalization.lookahead import Lookahead, NeedMore
from pipeline.speaking.text_normalization.regions import (
    Found,
    Region,
    UntilClosingTag,
    UntilLineEnd,
    UntilText,
    UntilToken,
    base_name,
    token_name,
)
from pipeline.speaking.text_normalization.tokens import Atom, AtomKind, ReasoningClosed

_COMMENT: Final = "<!--"
_LONGEST_TAG: Final = 1000
_LONGEST_PAIR: Final = 2000
"""How far the closing tag of an unknown tag is searched for."""

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


_REASONING: Final = _names(
    "think thinking thought thoughts reasoning reflection scratchpad analysis antthinking "
    "inner_monologue inner_thoughts chain_of_thought internal_monologue seed:think"
)
_MODEL_WORDS: Final = _names(
    "tool tools toolcall toolcalls tooluse function functions functioncall invoke parameter "
    "parameters param arguments args call calls result results output outputs observation action "
    "actions artifact antartifact system"
)
_HIDDEN_TAGS: Final = _names("script style svg math iframe object template head title")
_WORD_TAGS: Final = _names(
    "a final final_answer answer response reply say speech spoken "
    "speak voice prosody emphasis sub say-as phoneme lang audio desc s w token "
    "b i u em strong span small mark del ins strike q cite abbr dfn kbd samp var code tt pre font "
    "sup big label time data bdi bdo ruby rt rp body html main nav figure figcaption"
)
_SENTENCE_TAGS: Final = _names("speak voice s express-as lang")
_VOID_TAGS: Final = _names("break img input mark bookmark wbr meta link col source pad unk bos eos")
_BREAKING_TAGS: Final = _names(
    "br p div li ul ol dl dt dd tr td th table thead tbody tfoot hr h1 h2 h3 h4 h5 h6 details "
    "summary blockquote section article header footer center paragraph"
)

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


class TagTreatment(Enum):
    """How a tag and its content are treated."""

    REASONING = auto()
    HIDDEN = auto()
    """Neither tag nor content is shown or spoken."""
    WORDS = auto()
    """The content is spoken, the tag is not."""
    BREAK = auto()
    """As `WORDS`, and the content is a separate line."""
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; ``name`` is in lower case, without attributes and without a vendor's prefix."""

    raw: str
    name: str
    treatment: TagTreatment
    is_closing: bool
    is_void: bool
    """It has no closing tag."""
    separates_words: bool
    """Text before and after it is never one word."""
    href: str = ""


def angle_bracket(text: str, before: str, *, final: bool) -> Found | None:
    """What the ``<`` that begins ``text`` opens; None for a plain character.

    ``before`` is the character before it.

    Raises:
        NeedMore: the text so far does not decide.
    """
    next_char = Lookahead(text, 2, final=final).char_at(1)
    if next_char in ("", " ", "\n") or next_char.isdigit():
        return None
    if next_char in "!?":
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
    """A pair of unknown tags holds a tool's data; a single one is a placeholder in a text."""
    end = len(tag.raw)
    if tag.is_closing or tag.is_void:
        return end, None
    if before.isalnum():
        return None  # a generic type in code: List<String>
    last = closing_tag_end(text, tag.name, end, final=final)
    if last is not None:
        return last, None
    return end, Atom(AtomKind.CODE, tag.raw, tag.raw.strip("<>"))


# -- tags ---------------------------------------------------------------------------------------


def read_tag(text: str, *, final: bool) -> Tag | None:
    """The tag that begins ``text``; None if there is none.

    Raises:
        NeedMore: the text so far does not decide.
    """
    ahead = Lookahead(text, _LONGEST_TAG, final=final)
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
        is_void=match["rest"].endswith("/") or name in _VOID_TAGS,
        separates_words=name in _VOID_TAGS or base_name(name) in _SENTENCE_TAGS,
        href=link[1] if link else "",
    )


def closing_tag_end(text: str, name: str, start: int, *, final: bool) -> int | None:
    """The end of an unknown tag's closing tag; None if there is none within the bound.

    Raises:
        NeedMore: the text so far does not decide.
    """
    ahead = Lookahead(text, _LONGEST_PAIR, final=final)
    # A bounded number of tags, so that endless repetition costs no time.
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
    if bare in _REASONING or name in _REASONING:
        return TagTreatment.REASONING
    if bare in _BREAKING_TAGS:
        return TagTreatment.BREAK
    if (
        bare in _WORD_TAGS
        or bare in _VOID_TAGS
        or bare == "a"
        or name.startswith(("amazon:", "mstts:"))
    ):
        return TagTreatment.WORDS
    if bare in _HIDDEN_TAGS or rest.startswith("="):
        return TagTreatment.HIDDEN
    parts = _MODEL_WORDS.intersection(re.split(r"[\W_▁]+", name))
    return TagTreatment.HIDDEN if parts else TagTreatment.UNKNOWN


# -- model tokens -------------------------------------------------------------------------------


def model_token(text: str, *, final: bool) -> Found | None:
    """The model token that begins ``text``, and the region that it hides; None if there is none.

    Raises:
        NeedMore: the text so far does not decide.
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
    """Gemma's ``<|name>`` up to ``<name|>``."""
    return UntilToken(re.compile(f"^{re.escape(name.lower())}$"), _NEVER)
