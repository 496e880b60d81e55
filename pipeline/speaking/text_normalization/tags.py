"""Tags in angle brackets: what an agent means by them, and what models leak in them.

Which names belong to whom: Anthropic's ``function_calls``, ``invoke`` and ``antml:``, Qwen's and
Hermes' ``tool_call``, Llama's ``function=name``, the ``think`` of most, SSML, HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pipeline.speaking.text_normalization.ahead import Ahead, NeedMore

LONGEST_TAG: Final = 1000
_LONGEST_PAIR: Final = 2000
"""How far a tag of an unknown name is followed to find its other half."""

_NAME: Final = r"[A-Za-z_|｜][\w:.|｜▁-]*+"
_TAG: Final = re.compile(rf"<(?P<close>/?)(?P<name>{_NAME})(?P<rest>[^<>]*)>")
_BEGUN: Final = re.compile(rf"</?(?:{_NAME})?(?:[=\s/][^<>]*)?")
_REST: Final = re.compile(
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


class Sense(Enum):
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
    sense: Sense
    closes: bool
    empty: bool
    """It has no other half."""
    parts: bool
    """Words before and behind it are two words."""
    leads_to: str = ""


def read_tag(text: str, *, final: bool) -> Tag | None:
    """The tag that begins ``text``; None when that ``<`` is no tag's.

    Raises:
        NeedMore: it cannot be told yet.
    """
    ahead = Ahead(text, LONGEST_TAG, final=final)
    match = _TAG.match(ahead.text)
    if match is None:
        begun = _BEGUN.fullmatch(ahead.text) and not _NO_ATTRIBUTES.match(ahead.text)
        if begun and not ahead.closed:
            raise NeedMore
        return None
    if _REST.fullmatch(match["rest"]) is None or _NO_ATTRIBUTES.match(match[0]):
        return None
    name = match["name"].lower().rstrip("/")
    link = _HREF.search(match["rest"]) if name == "a" else None
    return Tag(
        match[0],
        stem(name),
        _sense(name, match["rest"]),
        closes=bool(match["close"]),
        empty=match["rest"].endswith("/") or name in _ALONE,
        parts=name in _ALONE or stem(name) in _AROUND_SENTENCES,
        leads_to=link[1] if link else "",
    )


def stem(name: str) -> str:
    """A tag's name without its vendor's prefix, so that both halves are known for one."""
    return re.split(r"[:|｜]", name.strip("|｜"))[-1]


def pair_end(text: str, name: str, start: int, *, final: bool) -> int | None:
    """Where the other half of an unknown tag ends; None when it has none within the bound.

    Raises:
        NeedMore: it cannot be told yet.
    """
    ahead = Ahead(text, _LONGEST_PAIR, final=final)
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


def _sense(name: str, rest: str) -> Sense:
    bare = stem(name)
    if bare in REASONING or name in REASONING:
        return Sense.REASONING
    if bare in _BREAKS:
        return Sense.BREAK
    if (
        bare in _AROUND_WORDS
        or bare in _ALONE
        or bare == "a"
        or name.startswith(("amazon:", "mstts:"))
    ):
        return Sense.WORDS
    if bare in _NOT_FOR_PEOPLE or rest.startswith("="):
        return Sense.HIDDEN
    parts = _MODEL_PARTS.intersection(re.split(r"[\W_▁]+", name))
    return Sense.HIDDEN if parts else Sense.UNKNOWN
