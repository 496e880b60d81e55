"""The spoken form of written text: without markup, and with words for symbols.

Numbers and units are left to the speech engine, which knows its language better.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import Final

from pipeline.language.lexicons import ENGLISH, Language
from pipeline.ports import NameResolver
from pipeline.speaking.text_normalization.emphasis import strip_emphasis
from pipeline.speaking.text_normalization.left_out import LONGEST_CODE
from pipeline.speaking.text_normalization.scanner import Scanner
from pipeline.speaking.text_normalization.spoken_formula import spoken_formula
from pipeline.speaking.text_normalization.spoken_parts import spoken_time
from pipeline.speaking.text_normalization.tokens import (
    ESCAPED_TO_SELF,
    PLACEHOLDER,
    SILENT_PLACEHOLDER,
    Atom,
    AtomKind,
    Piece,
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
        text = html.unescape(strip_emphasis(text, self._language))
        text = re.sub(r"(?<=\s)&(?=\s)", self._language.spoken["and"], text)
        text = _tidy(_EMOJI.sub(" ", text))
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
