"""What the start of a line opens: a code block, a table, a rule, data, OpenClaw's ``MEDIA:``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from pipeline.speaking.text_normalization.lookahead import Lookahead, NeedMore

_LONGEST_FENCE: Final = 300
_LONGEST_RULE: Final = 300
LONGEST_ROW: Final = 2000
_LONGEST_HEAD: Final = 1000

_FENCE: Final = re.compile(r"(`{3,}|~{3,})[ \t]*([^\s`{]*)[^`]*")
_MAY_BE_FENCE: Final = re.compile(r"`{1,2}|~{1,2}")
_RULE_SO_FAR: Final = re.compile(r"(?P<mark>[-*_=])(?:[ \t]|(?P=mark))*")
_DATA: Final = re.compile(r"""\{\s{0,9}["'}]|\[\s{0,9}(?:[{"]|\[\s{0,9}["{\d])""")
_MAY_BE_DATA: Final = re.compile(r"[\[{]\s{0,9}(?:\[\s{0,9})?")
_NUMBERS: Final = re.compile(r"\[\s*-?\d[\d.eE+-]*(?:\s*,\s*-?\d[\d.eE+-]*)+\s*\]\s*")
_MAY_BE_NUMBERS: Final = re.compile(r"\[[\d\s,.eE+-]*\]?[ \t]*")
_MEDIA: Final = re.compile(
    r"`?MEDIA:[ \t]*`?(?:https?:|file:|data:|[~./]|[A-Za-z]:[\\/]|[^\s]+[./])"
)
_DELIMITERS: Final = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_MAY_BE_DELIMITERS: Final = re.compile(r"[ \t:|-]*")
_TOOL_KEYS: Final = re.compile(
    r"""["'](?:arguments|parameters|args|tool|tools|tool_calls?|function|function_call|tool_name|"""
    r"""tool_use|tool_input|action_input|recipient_name|invoke|command|toolCallId)["']\s{0,9}:"""
)
_MODEL_FENCES: Final = re.compile(
    r"tool(?:[_-]|$)|think|reasoning|function[_-]?call", re.IGNORECASE
)
_NAME_KEYS: Final = frozenset({"name", "tool", "function", "tool_name", "action", "recipient_name"})
_ARGUMENT_KEYS: Final = frozenset(
    {"arguments", "parameters", "args", "input", "params", "action_input", "tool_input"}
)


class LineKind(Enum):
    """What the start of a line opens."""

    PROSE = auto()
    FENCE = auto()
    ROW = auto()
    RULE = auto()
    DATA = auto()
    MEDIA = auto()


def line_kind(text: str, *, final: bool) -> LineKind:
    """The kind of the line that begins ``text``, whose first character is not a blank.

    Raises:
        NeedMore: the text so far does not decide.
    """
    first = text[0]
    if first in "`~" and is_fence(text, final=final):
        return LineKind.FENCE
    if first == "|":
        return LineKind.PROSE if Lookahead(text, 2, final=final).char_at(1) == "|" else LineKind.ROW
    if first in "-*_=":
        return _rule_or_prose(text, final=final)
    if first in "{[":
        return LineKind.DATA if _is_data(text, final=final) else LineKind.PROSE
    if first in "M`" and _is_media(text, final=final):
        return LineKind.MEDIA
    return LineKind.PROSE


def is_fence(text: str, *, final: bool) -> bool:
    """Whether the line that begins ``text`` opens a code block."""
    ahead = Lookahead(text, _LONGEST_FENCE, final=final)
    ahead.match_run(_MAY_BE_FENCE)
    if not ahead.text.startswith(("```", "~~~")):
        return False
    line = ahead.line()
    return len(line) < _LONGEST_FENCE and _FENCE.fullmatch(line) is not None


def _rule_or_prose(text: str, *, final: bool) -> LineKind:
    ahead = Lookahead(text, _LONGEST_RULE, final=final)
    so_far = ahead.match_run(_RULE_SO_FAR)
    assert so_far is not None
    whole = ahead.text[so_far.end() : so_far.end() + 1] in ("", "\n")
    marks = so_far[0].count(text[0])
    return LineKind.RULE if whole and marks >= (2 if text[0] in "=-" else 3) else LineKind.PROSE


def _is_data(text: str, *, final: bool) -> bool:
    ahead = Lookahead(text, 40, final=final)
    ahead.match_run(_MAY_BE_DATA)
    if _DATA.match(ahead.text):
        return True
    if text[0] == "[" and re.match(r"\[\s{0,9}-?\d", ahead.text):
        long = Lookahead(text, 500, final=final)
        long.match_run(_MAY_BE_NUMBERS)
        end = _MAY_BE_NUMBERS.match(long.text)
        line = long.text[: end.end()] if end else ""
        follows = long.char_at(len(line))
        return follows in ("", "\n") and _NUMBERS.fullmatch(line) is not None
    return False


def _is_media(text: str, *, final: bool) -> bool:
    ahead = Lookahead(text, 300, final=final)
    if not ahead.text.startswith(("MEDIA:", "`MEDIA:")):
        may_be = any(mark.startswith(ahead.text) for mark in ("MEDIA:", "`MEDIA:"))
        if may_be and not ahead.closed:
            raise NeedMore
        return False
    return _MEDIA.match(ahead.line()) is not None


@dataclass(slots=True)
class Fence:
    """A code block that is read line by line."""

    opening: str
    body: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    """The parts of the current line."""

    @property
    def marker(self) -> str:
        return self._match[1]

    @property
    def name(self) -> str:
        """The programming language; may be empty."""
        return self._match[2]

    @property
    def _match(self) -> re.Match[str]:
        match = _FENCE.match(self.opening)
        assert match is not None
        return match

    @property
    def is_readable(self) -> bool:
        """Whether it holds code for people, and not a tool call."""
        if _MODEL_FENCES.match(self.name):
            return False
        return self.name.lower() not in ("json", "") or not is_tool_call("\n".join(self.body))

    @property
    def raw(self) -> str:
        """The block as written, with a closing fence."""
        return "\n".join((self.opening, *self.body, self.marker))

    def consume(self, text: str) -> tuple[int, bool]:
        """How many characters of ``text`` belong to the block, and whether they end it."""
        place = 0
        while (end := text.find("\n", place)) >= 0:
            self._parts.append(text[place:end])
            place = end + 1
            if self._end_line():
                return place, True
        self._parts.append(text[place:])
        return len(text), False

    def close(self) -> None:
        """End the block at the end of the text."""
        if any(self._parts):
            self._end_line()

    def _end_line(self) -> bool:
        line = "".join(self._parts)
        self._parts.clear()
        bare = line.strip().lstrip("> ")
        if bare.startswith(self.marker) and not bare.strip(self.marker[0]):
            return True
        self.body.append(line)
        return False


def is_tool_call(text: str) -> bool:
    """Whether a text is a tool call in JSON."""
    value = parsed_json(text)
    first = value[0] if isinstance(value, list) and value else value
    return (
        isinstance(first, dict)
        and not _NAME_KEYS.isdisjoint(first)
        and not _ARGUMENT_KEYS.isdisjoint(first)
    )


def is_readable_data(data: str) -> bool:
    """Whether a block of data is for people: complete JSON that is not a tool call."""
    if _TOOL_KEYS.search(data) or is_tool_call(data):
        return False
    return parsed_json(data) is not None


def parsed_json(text: str) -> object:
    """The value of a JSON object or array; None if the text is not complete JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def table_header_end(text: str, *, final: bool) -> int | None:
    """Where a table's delimiter row ends, if one follows the current line; else None.

    ``text`` begins at the first bar of the current line, which is the table's header then.

    Raises:
        NeedMore: the text so far does not decide.
    """
    ahead = Lookahead(text, _LONGEST_HEAD, final=final)
    head = ahead.line()
    start = len(head) + 1
    if start > len(ahead.text):
        return None
    dashes = ahead.match_run(_MAY_BE_DELIMITERS, start)
    line = dashes[0] if dashes else ""
    whole = ahead.text[start + len(line) : start + len(line) + 1] in ("", "\n")
    if not whole or "-" not in line or "|" not in line or not _DELIMITERS.fullmatch(line):
        return None
    return start + len(line)
