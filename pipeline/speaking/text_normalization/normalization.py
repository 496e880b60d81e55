"""The spoken form of written text: without markup, and with words for symbols.

Asterisks, underscores, tildes and carets are emphasis or arithmetic. The characters on both sides
decide: ``5*3`` is a product, ``*this*`` is emphasis. Numbers and units are left to the speech
engine, which knows its language better.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import Final

from pipeline.language.lexicons import ENGLISH, Language
from pipeline.language.usual_letters import usual_letters
from pipeline.ports import NameResolver, Speaker
from pipeline.speaking.text_normalization.scanner import Scanner
from pipeline.speaking.text_normalization.spoken_formula import spoken_formula
from pipeline.speaking.text_normalization.spoken_parts import spoken_time
from pipeline.speaking.text_normalization.tokens import (
    ESCAPED_TO_SELF,
    LONGEST_CODE,
    PLACEHOLDER,
    SILENT_PLACEHOLDER,
    Atom,
    AtomKind,
    Piece,
    escaped,
    piece_of,
)

_EMOJI: Final = re.compile(
    "["
    "\U0001f000-\U0001faff"  # pictographs, faces, symbols, flags' letters
    "\U000e0020-\U000e007f"  # tags within flags
    "\u2600-\u27bf"  # miscellaneous symbols, dingbats
    "\u2300-\u23ff"  # technical: watches, play buttons
    "\u2b00-\u2bff"  # stars, big arrows
    "\ufe0e\ufe0f\u200d\u20e3"  # variation selectors, joiner, keycap
    "]+"
)
_SHORTCODES: Final = re.compile(r"(?<![\w:/]):(?:[\w+-]{1,40}:{1,2}){1,4}(?![\w/:])")
_HOST: Final = re.compile(r"^(?:https?://|mailto:)?(?:[^/?#@]*@)?([^/:?#]*).*$", re.IGNORECASE)
_SILENCE_TOKENS: Final = re.compile(r"\b(?:NO_REPLY|HEARTBEAT_OK|ANNOUNCE_SKIP|REPLY_SKIP)\b")
"""OpenClaw's tokens for no reply, alone or at either end of a text."""
_MAX_DEPTH: Final = 3

_UNNAMED: Final = {AtomKind.PERSON: "someone", AtomKind.CHANNEL: "channel", AtomKind.ROLE: "role"}

_Rule = tuple[re.Pattern[str], str]
_LINE_MARKS: Final[tuple[_Rule, ...]] = (
    (re.compile(r"^\s*(?:>+\s*)+"), ""),
    (re.compile(r"^\s*(?:#{1,6}|-#)\s+"), ""),
    (re.compile(r"^\s*[-*+•‣◦–]\s+(?:\[[ xX]\]\s+)?"), ""),
)
_TYPOGRAPHY: Final[tuple[_Rule, ...]] = (
    (re.compile(r" (?:—|–|--+|->|=>|→|⇒) "), ", "),
    (re.compile(r"(?<!\S)(?:\( ?\)|\[ ?\]) ?"), " "),
    (re.compile(r" ([.,;:!?…])"), r"\1"),
    (re.compile(r",(?=[.,;:!?])"), ""),
)

_STAR: Final = escaped("*")
_STARS: Final = re.compile(rf"\*+|{_STAR}+")
_OPERAND_BEFORE: Final = re.compile(r"(?:[\d.,]*\d|(?<![^\W_])[^\W\d_])$")
_OPERAND_AFTER: Final = re.compile(r"-?\d|[^\W\d_](?![^\W_])|\(")
_LONGEST_OPERAND: Final = 24

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


class TextNormalizer:
    """Gives the pieces of one answer their spoken form, in its language.

    ``names`` resolves Discord's mentions; ``now`` returns the Unix time.
    """

    def __init__(
        self,
        language: Language = ENGLISH,
        names: NameResolver | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._language = language
        self._names = names
        self._now = now
        self._depth = 0

    def normalize(self, piece: Piece) -> str:
        """The spoken form of a sentence or line; empty if nothing of it is spoken."""
        text = piece.text
        for pattern, replacement in _LINE_MARKS:
            text = pattern.sub(replacement, text)
        atoms = [atom for atom in piece.atoms if atom.placeholder == PLACEHOLDER]
        text = _SHORTCODES.sub(" ", text.replace(SILENT_PLACEHOLDER, ""))
        text = html.unescape(_strip_emphasis(text, self._language))
        text = re.sub(r"(?<=\s)&(?=\s)", self._language.spoken["and"], text)
        text = usual_letters(_tidy(_EMOJI.sub(" ", text)))
        words = iter([self._spoken_atom(atom) for atom in atoms])
        text = re.sub(PLACEHOLDER, lambda _: next(words, ""), text)
        text = re.sub("[\ue000-\ue0ff\ue200-\uf8ff]", "", text).translate(ESCAPED_TO_SELF)
        text = _tidy(_without_silence_tokens(_tidy(text)))
        return text if any(map(str.isalnum, text)) else ""

    def normalize_markup(self, raw: str) -> str:
        """The spoken form of a text with its own markup: a table's cell, a link's text."""
        if self._depth >= _MAX_DEPTH:
            return raw
        scanner = Scanner(blocks=False)
        self._depth += 1
        try:
            return self.normalize(piece_of([*scanner.feed(raw), *scanner.finish()]))
        finally:
            self._depth -= 1

    def _spoken_atom(self, atom: Atom) -> str:
        spoken = self._language.spoken
        match atom.kind:
            case AtomKind.CODE:
                return atom.text if len(atom.text) <= LONGEST_CODE else spoken["inline_code"]
            case AtomKind.LINK:
                return self.normalize_markup(atom.text)
            case AtomKind.URL:
                return _spoken_address(atom.target)
            case AtomKind.MATH:
                return spoken_formula(atom.text, self._language) or spoken["formula"]
            case AtomKind.SPOILER:
                return spoken["spoiler"]
            case AtomKind.TIME:
                return spoken_time(int(atom.target), atom.text, self._now(), self._language)
            case AtomKind.COMMAND:
                return atom.text
            case _:
                return self._spoken_mention(atom)

    def _spoken_mention(self, atom: Atom) -> str:
        number, names = int(atom.target), self._names
        if names is None:
            name = None
        elif atom.kind is AtomKind.PERSON:
            name = names.person(number)
        else:
            name = (names.channel if atom.kind is AtomKind.CHANNEL else names.role)(number)
        sayable = _EMOJI.sub("", name or "").strip()
        return sayable or self._language.spoken[_UNNAMED[atom.kind]]


class RoomNames:
    """The `NameResolver` of one room. ``guild`` knows members who were never in it."""

    def __init__(self, guild: NameResolver | None = None) -> None:
        self._guild = guild
        self._members: dict[int, str] = {}

    def add(self, speaker: Speaker) -> None:
        """Keep the name of a member; an agent may mention them after they have left."""
        self._members[speaker.id] = speaker.name

    def person(self, number: int) -> str | None:
        if number in self._members or self._guild is None:
            return self._members.get(number)
        return self._guild.person(number)

    def channel(self, number: int) -> str | None:
        return None if self._guild is None else self._guild.channel(number)

    def role(self, number: int) -> str | None:
        return None if self._guild is None else self._guild.role(number)


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    for pattern, replacement in _TYPOGRAPHY:
        text = pattern.sub(replacement, text)
    return text.strip()


def _without_silence_tokens(text: str) -> str:
    match = _SILENCE_TOKENS.search(text)
    if match is None:
        return text
    before, after = text[: match.start()], text[match.end() :]
    if any(map(str.isalnum, before)) and any(map(str.isalnum, after)):
        return text
    return f"{before} {_without_silence_tokens(after)}"


def _spoken_address(target: str) -> str:
    """The host of a URL, or the address in a ``mailto:``."""
    if target.lower().startswith("mailto:"):
        return target[len("mailto:") :].partition("?")[0]
    return _HOST.sub(r"\1", target).lower().removeprefix("www.")


# -- emphasis or arithmetic --------------------------------------------------------------


def _strip_emphasis(text: str, language: Language) -> str:
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
