"""Formulas in a text: LaTeX between its delimiters, or bare LaTeX commands."""

from __future__ import annotations

import re
from typing import Final

from pipeline.speaking.text_normalization.lookahead import Earliest, Lookahead
from pipeline.speaking.text_normalization.regions import Found
from pipeline.speaking.text_normalization.spoken_formula import KNOWN_COMMANDS
from pipeline.speaking.text_normalization.tokens import Atom, AtomKind, escaped

_LONGEST_INLINE: Final = 400
_LONGEST_DISPLAY: Final = 2000

_BLANK_LINE: Final = r"\n[ \t]*\n"
_DISPLAY_END: Final = Earliest(r"\$\$", _BLANK_LINE)
_DISPLAY_LAST: Final = re.compile(r"[$\n]")
_DOLLAR_END: Final = re.compile(r"(?P<end>(?<![\s\\])\$(?![\w$]))|(?<!\\)\$|\n|[.?!]\s")
_DOLLAR_LAST: Final = re.compile(r"[$\s]")
_SUM_OF_MONEY: Final = re.compile(r"\$\d{1,30}(?:[.,]\d{1,9}){0,9}")
_MAY_FOLLOW_NUMBER: Final = frozenset("\\^_=+*/<>({")
_THOUSANDS: Final = re.compile(r"(?:[kKMBT]|bn|mn|mio)(?![A-Za-z^_\\])")
_PARENTHESIS_END: Final = Earliest(r"\\\)", _BLANK_LINE)
_BRACKET_END: Final = Earliest(r"\\\]", _BLANK_LINE)
_CLOSING_LAST: Final = re.compile(r"[)\]\n]")
_LOOKS_LIKE_MATH: Final = re.compile(r"[\\^_={}+*/<>|]|\d\s*[-−]\s*\w|^\s*-?[\w,. ]{1,3}$")
_ONLY_WORDS: Final = re.compile(r"^[A-Za-z]\s?\([A-Za-z0-9, ]{1,9}\)$")
_COMMAND: Final = re.compile(r"\\[A-Za-z]{1,30}")
_ENVIRONMENT: Final = re.compile(r"\\begin\{[A-Za-z]{1,20}\*?\}")
_ENVIRONMENT_LAST: Final = re.compile(r"\}")
_BRACE: Final = re.compile(r"[{}]|\n")


def dollars(text: str, *, final: bool) -> Found | None:
    """``$x$`` or ``$$x$$``; None for an amount of money."""
    ahead = Lookahead(text, _LONGEST_DISPLAY, final=final)
    follows = ahead.char_at(1)
    if follows == "$":
        end = ahead.find(_DISPLAY_END, 2, last=_DISPLAY_LAST)
        if end is None or end[0] != "$$" or end.start() == 2:
            return None
        return end.end(), _formula(text[: end.end()], text[2 : end.start()])
    if not follows or follows.isspace():
        return None
    short = Lookahead(text, _LONGEST_INLINE, final=final)
    if follows.isdigit() and _is_money(short):
        return None
    end = short.find(_DOLLAR_END, 1, after=1, last=_DOLLAR_LAST)
    if end is None or end["end"] is None:
        return None
    inside = text[1 : end.start()]
    if not (_LOOKS_LIKE_MATH.search(inside) or _ONLY_WORDS.match(inside)):
        return None
    return end.end(), _formula(text[: end.end()], inside)


def backslash(text: str, before: str, *, final: bool) -> Found | None:
    r"""``\(x\)``, ``\[x\]``, a bare ``\frac{a}{b}``, or an escaped character.

    ``before`` is the character before it, to recognise Windows paths.
    """
    ahead = Lookahead(text, _LONGEST_DISPLAY, final=final)
    follows = ahead.char_at(1)
    if follows in ("(", "["):
        if follows == "(":
            short = Lookahead(text, _LONGEST_INLINE, final=final)
            end = short.find(_PARENTHESIS_END, 2, last=_CLOSING_LAST)
        else:
            end = ahead.find(_BRACKET_END, 2, last=_CLOSING_LAST)
        if end is not None and end[0].startswith("\\"):
            inside = text[2 : end.start()]
            if _LOOKS_LIKE_MATH.search(inside) or _ONLY_WORDS.match(inside):
                return end.end(), _formula(text[: end.end()], inside)
        return 2, escaped(follows)
    if follows.isalpha() and follows.isascii():
        return _bare_command(text, before, final=final)
    if follows.isascii() and follows.isprintable() and not follows.isalnum() and follows.strip():
        return 2, escaped(follows)
    return (1, "") if follows == "\n" else None


def _bare_command(text: str, before: str, *, final: bool) -> Found | None:
    ahead = Lookahead(text, _LONGEST_DISPLAY, final=final)
    command = ahead.match_run(_COMMAND)
    if command is None:
        return None
    if command[0] == "\\begin":
        return _environment(ahead)
    path = before.isalpha() or before in (":", "\\", "/", ".", "_", "-")
    if path or command[0][1:] not in KNOWN_COMMANDS:
        return None
    place = command.end()
    for _ in range(4):
        follows = ahead.char_at(place)
        if follows and follows in "^_":
            place += 1
            follows = ahead.char_at(place)
            if follows != "{":
                place += bool(follows.strip())
                continue
        if follows != "{":
            break
        end = _group_end(ahead, place)
        if end is None:
            break
        place = end
    return place, _formula(text[:place], text[:place])


def _environment(ahead: Lookahead) -> Found | None:
    if "\n" not in ahead.text[:40] and not ahead.closed and "}" not in ahead.text[:40]:
        ahead.char_at(40)
    begin = _ENVIRONMENT.match(ahead.text)
    if begin is None:
        return None
    closing = re.compile(re.escape(begin[0].replace("begin", "end")))
    end = ahead.find(closing, begin.end(), last=_ENVIRONMENT_LAST)
    return None if end is None else (end.end(), _formula(ahead.text[: end.end()], "\\begin"))


def _group_end(ahead: Lookahead, start: int) -> int | None:
    depth, place = 0, start
    for _ in range(24):
        match = ahead.find(_BRACE, place, last=_BRACE)
        if match is None or match[0] == "\n":
            return None
        depth += 1 if match[0] == "{" else -1
        place = match.end()
        if not depth:
            return place
    return None


def _is_money(ahead: Lookahead) -> bool:
    money = ahead.match_run(_SUM_OF_MONEY)
    if money is None:
        return False
    place = money.end()
    while ahead.char_at(place) == " " and place < money.end() + 8:
        place += 1
    follows = ahead.char_at(place)
    if follows in _MAY_FOLLOW_NUMBER or (follows == "$" and place == money.end()):
        return False
    if place > money.end() or not follows.isalpha():
        return True
    ahead.char_at(place + 3)
    return _THOUSANDS.match(ahead.text, place) is not None


def _formula(raw: str, inside: str) -> Atom:
    return Atom(AtomKind.MATH, raw, inside.strip())
