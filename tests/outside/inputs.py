"""Repetitive texts of any length: what a stuck model, a broken recogniser or an attacker sends."""

from __future__ import annotations

from dataclasses import fields
from itertools import chain
from typing import Final

from pipeline.languages import LANGUAGES, MACHINES

_CHARACTERS: Final = tuple("aZ1 .,?!:;-–…'’\"”/\\*_`~#|<>[](){}@$%&=+") + (
    "\n", "\r\n", "\t", "\x00", "\x1b", "\u00a0", "\u200b", "\u200d", "\u0301", "ß", "ﷺ", "é", "。",
    "？", "字", "ا", "न", "😀", "👩‍👩‍👧", "🇩🇪", "\ud83d",
)  # fmt: skip

_PAIRS: Final = (
    "a ", "a.", "a. ", "a, ", "a' ", "a's ", "'s", "x-", "1.", "1,", "1:", "1/2 ", "3. Mai ", "aB",
    "Ab ", "a\n", "a\n\n", ". ", "? ", ", ", ",,", "...", "--", "\\n", '\\"', "[]", "{}", "()", "<>",
    "[[", "<<<", ">>>", "<!--", "-->", "![](", "[a](", "](", "](b)", "```", "``` ", "```a\n", "~~~",
    "**", "__", "||", "$$", "\\(", "<a>", "</a>", "<a", "&amp;", "<@1>", "<@", "<:a:1>", "<t:1:F>",
    ":a:", "@a", "#a", "http://", "https://a.b/", "www.", "a@b.c ", "1.2.3.4 ", "file:///", "/a", " /a",
    "a=b ", "A=1\n", "A='", 'A="', "a: b\n", "- a\n", "a:\n ", "? a\n", "&a *a\n", "rate=", "rate=1",
    "x_", "agent:", "agent:a:discord:dm:1:", "1 hour ", "ID3", "\xff\xfb\x90", "RIFF", "\xfa\xfa",
)  # fmt: skip

_SPOKEN: Final = (
    "Jarvis ", "Jarvis, ", "Jarvis! ", "Jarvis's ", "jarvis", "JarvisSage", "Sage ", "Bob ", "Alexa ",
    "Jervis ", "Charvis, ", "hey Jarvis ", "uh ", "uh and and ", "Mr. ", "no. ", "Dr. No. ", "e.g. ",
    "ask Sage to ask Sage to ", "switch to Jarvis ", "Jarvis, stop. ", "hello, yes ", "thank you ",
    "wow thanks ", "what is the ", "yes. ", "of course. ", "can you please ", "na na la ",
)  # fmt: skip


def _phrases() -> tuple[str, ...]:
    """The longest entry of each list of words of each language: near the end of what a rule reads."""
    lists = chain.from_iterable(
        (getattr(language, each.name) for each in fields(language)) for language in LANGUAGES
    )
    longest = (max(each, key=len) for each in lists if isinstance(each, frozenset) and each)
    return tuple(f"{words} " for words in (*longest, *sorted(MACHINES)))


UNITS: Final = tuple(dict.fromkeys((*_CHARACTERS, *_PAIRS, *_SPOKEN, *_phrases())))


def repeated(unit: str, size: int) -> str:
    """A text of ``size`` characters, or up to one unit more."""
    return unit * -(-size // len(unit))


def nested(opening: str, closing: str, size: int) -> str:
    """Brackets in brackets: half of the text opens, half closes."""
    depth = size // (len(opening) + len(closing))
    return opening * depth + closing * depth


NESTS: Final = (("(", ")"), ("[", "]"), ("{", "}"), ('{"a":', "}"), ("<a>", "</a>"), ("**", "**"))


def texts(size: int) -> dict[str, str]:
    """All of them in one size, each under a name for the failure's message."""
    found = {repr(unit): repeated(unit, size) for unit in UNITS}
    found |= {f"nested {opening}": nested(opening, closing, size) for opening, closing in NESTS}
    # What comes once, after much that looks like its beginning.
    found["words, then one mark"] = repeated("word ", size) + "?"
    found["one word, then a name"] = repeated("a", size) + " Jarvis"
    found["spaces, then a word"] = repeated(" ", size) + "a"
    found["different words"] = " ".join(f"w{number}" for number in range(size // 6))
    return found
