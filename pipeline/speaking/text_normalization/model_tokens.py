"""Tokens of models, ``<|so|>``, that a server did not take out: what they begin and end.

OpenAI's harmony (``<|channel|>analysis<|message|>``), Llama's ``<|python_tag|>``, DeepSeek's
``<｜tool▁calls▁begin｜>``, Kimi's, Cohere's, Phi's, Gemma's, and the roles of chat templates.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.speaking.text_normalization.ahead import Ahead
from pipeline.speaking.text_normalization.regions import (
    Region,
    UntilLineEnd,
    UntilToken,
    token_name,
)

_TOKEN: Final = re.compile(
    r"<[|｜](?P<name>[^<>|｜\n]{1,60})[|｜]>|<[|｜](?P<opens>\w{1,60})>|<(?P<closes>[a-z_]{1,60})[|｜]>"
)
_BEGUN: Final = re.compile(r"<[|｜][^<>\n]{0,60}[|｜]?|<[a-z_]{1,60}[|｜]?")
_ROLES: Final = re.compile(r"<start_of_turn>|<end_of_turn>")
_HIDDEN: Final = re.compile(r"tool|think|reason|action|call|python_tag|function|thought")
_ANY_END: Final = re.compile(r"end|eom|eot|^/|return|im_start|^start")
_BEGIN: Final = re.compile(r"begin|^start_")
_NEVER: Final = re.compile(r"(?!)")
_HARMONY_END: Final = re.compile(r"^(?:end|return|call|start|channel|eot|eom)")
_HEADER_END: Final = re.compile(r"^(?:message|channel|end)")

Found = tuple[int, Region | None]


def model_token(text: str, *, final: bool) -> Found | None:
    """The token that begins ``text``, and what is hidden behind it; None when there is none.

    Raises:
        NeedMore: it cannot be told yet.
    """
    ahead = Ahead(text, 70, final=final)
    if role := _ROLES.match(ahead.text):
        return role.end(), UntilLineEnd() if "start" in role[0] else None
    match = _TOKEN.match(ahead.text)
    if match is None:
        ahead.run(_BEGUN)
        return None
    if match["opens"] or match["closes"]:
        return match.end(), _gemma(match["opens"]) if match["opens"] else None
    return _region(text, match.end(), token_name(match["name"]), final=final)


def _region(text: str, end: int, name: str, *, final: bool) -> Found:
    if name == "channel":
        channel = Ahead(text, end + 40, final=final).run(re.compile(r"[ \t]*\w*"), end)
        if channel is not None and channel[0].strip() == "final":
            return channel.end(), UntilToken(re.compile("^message"), _NEVER)
        return end, UntilToken(_HARMONY_END, _NEVER, keep=True)
    if name in ("start", "start_header_id"):
        return end, UntilToken(_HEADER_END, _NEVER, keep=name == "start")
    if name == "im_start":
        return end, UntilLineEnd()
    if _HIDDEN.search(name) and not _ANY_END.search(name.replace("start_", "")):
        family = _BEGIN if _BEGIN.search(name) else _NEVER
        return end, UntilToken(_ANY_END, family)
    return end, None


def _gemma(name: str) -> Region:
    """``<|name>`` ends with ``<name|>``."""
    return UntilToken(re.compile(f"^{re.escape(name.lower())}$"), _NEVER)
