"""Asterisks, underscores, tildes and carets within a sentence: emphasis or arithmetic.

The characters on both sides decide: ``5*3`` is a product, ``*this*`` is emphasis.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.language.lexicons import Language
from pipeline.speaking.text_normalization.tokens import escaped

_STAR: Final = escaped("*")
_STARS: Final = re.compile(rf"\*+|{_STAR}+")
_OPERAND_BEFORE: Final = re.compile(r"(?:[\d.,]*\d|(?<![^\W_])[^\W\d_])$")
_OPERAND_AFTER: Final = re.compile(r"-?\d|[^\W\d_](?![^\W_])|\(")
_LONGEST_OPERAND: Final = 24

_Rule = tuple[re.Pattern[str], str]
_MARKS: Final[tuple[_Rule, ...]] = (
    (re.compile(r"`+"), ""),
    (re.compile(r"~~"), ""),
    (re.compile(r"(?<=\w)~(\w{1,12})~"), r"\1"),
    (re.compile(r"==(?=[^\s=])([^=]{1,200})(?<=\S)=="), r"\1"),
    # Underscores are emphasis around words only; within a word they belong to a name in code.
    (re.compile(r"(?<!\w)_{1,3}(?=\S)|(?<=[^\s_])_{1,3}(?!\w)"), ""),
)
_ABOUT: Final = re.compile(r"(?<![\w~/.])~(?=\d)")
_ORDINAL: Final = re.compile(r"(?<=\d)\^(st|nd|rd|th|e|er)\^?(?!\w)")
_POWER: Final = re.compile(
    r"(?P<base>[^\W_]{1,20}|\))\^(?:\{(?P<braced>[\w+-]{1,12})\}|\((?P<group>[\w+ -]{1,12})\)"
    r"|(?P<bare>-?\d{1,9}|[^\W\d_](?!\w)))\^?"
)


def strip_emphasis(text: str, language: Language) -> str:
    """A sentence without emphasis marks, and with arithmetic operators as words."""
    text = _stars(text, language)
    text = _ORDINAL.sub(r"\1", text)
    text = _POWER.sub(lambda match: _power(match, language), text)
    text = _ABOUT.sub(language.spoken["about"] + " ", text)
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text


def _stars(text: str, language: Language) -> str:
    out: list[str] = []
    place = 0
    opened: list[int] = []
    for match in _STARS.finditer(text):
        out.append(text[place : match.start()])
        out.append(_star(text, match, opened, language))
        place = match.end()
    return "".join((*out, text[place:]))


def _star(text: str, match: re.Match[str], opened: list[int], language: Language) -> str:
    """The spoken form of a run of asterisks; ``opened`` holds the runs that began emphasis."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    count = len(match[0])
    is_escaped = match[0][0] == _STAR
    if before.isspace() and after.isspace():
        return _operation(count, language).strip() if _is_spaced_operation(text, match) else ""
    touches = _is_operand_end(before) and _is_operand_start(after)
    if touches and count == 1 and (is_escaped or not opened or (before + after).isdigit()):
        return _operation(1, language)
    left, right = _beside(text, match)
    if touches and count == 2 and count not in opened and _are_quantities(left, right):
        return _operation(2, language)
    if is_escaped:
        return match[0] if after.isalnum() or after == "." else ""
    if count in opened and before and not before.isspace():
        opened.remove(count)
    elif after and not after.isspace() and not before.isalnum():
        opened.append(count)
    # A file name pattern keeps its asterisk: *.py
    return "*" if after in (".", "/") and not before.strip() and len(text) > match.end() + 1 else ""


def _beside(text: str, match: re.Match[str]) -> tuple[str, str]:
    """The text on both sides of a run of asterisks, as far as an operand reaches."""
    before = text[max(0, match.start() - _LONGEST_OPERAND) : match.start()]
    return before, text[match.end() : match.end() + _LONGEST_OPERAND]


def _is_spaced_operation(text: str, match: re.Match[str]) -> bool:
    """Whether asterisks with blanks on both sides are between two operands."""
    left, right = (beside.strip() for beside in _beside(text, match))
    if len(match[0]) == 1:
        return _is_operand_end(left[-1:]) and _is_operand_start(right[:1])
    return len(match[0]) == 2 and _are_quantities(left, right)


def _is_operand_end(character: str) -> bool:
    return character.isalnum() or (character in (")", "]") and bool(character))


def _is_operand_start(character: str) -> bool:
    return character.isalnum() or (character in ("(", "-", "√") and bool(character))


def _are_quantities(left: str, right: str) -> bool:
    base = left.endswith(")") or _OPERAND_BEFORE.search(left) is not None
    return base and _OPERAND_AFTER.match(right) is not None


def _operation(count: int, language: Language) -> str:
    return f" {language.maths['times' if count == 1 else 'power_of']} "


def _power(match: re.Match[str], language: Language) -> str:
    exponent = match["braced"] or match["group"] or match["bare"]
    base = match["base"]
    if base == ")":
        return f") {language.maths['power_of']} {exponent}"
    # Exponents 2 and 3 have names: "squared", "cubed".
    named = {"2": "squared", "3": "cubed"}.get(exponent)
    return language.maths[named or "power"].format(base=base, exponent=exponent)
