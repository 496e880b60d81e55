"""Repetitive texts of any length, as a stuck model, a broken recogniser or an attacker sends."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from pipeline.language.lexicons import ENGLISH

_CHARACTERS: Final = (
    *"aZ1 .,?!:;-–…'’\"”/\\*_`~#|<>[](){}@$%&=+",
    *("\n", "\r\n", "\t", "\x00", "\x1b", "\u00a0", "\u200b", "\u200d", "\u0301", "\ud83d"),
    *("ß", "ﷺ", "é", "。", "？", "字", "ا", "न", "😀", "👩‍👩‍👧", "🇩🇪"),
)

_MARKS: Final = (
    *("1.", "1,", "1:", "1/2 ", "1.2.3.4 ", "x-", "x_", "'s", ",,", "...", "--", "\\n", '\\"'),
    *("[]", "{}", "()", "<>", "[[", "<<<", ">>>", "<!--", "-->", "![](", "[a](", "](", "](b)"),
    *("```", "``` ", "```a\n", "~~~", "**", "__", "||", "$$", "\\(", "<a>", "</a>", "<a", "&amp;"),
    *("<@1>", "<@", "<:a:1>", "<t:1:F>", ":a:", "@a", "#a", "/a", " /a", "a@b.c "),
    *("http://", "https://a.b/", "www.", "file:///", "a=b ", "A=1\n", "A='", 'A="', "a: b\n"),
    *("- a\n", "a:\n ", "? a\n", "&a *a\n", "rate=", "rate=1", "agent:", "agent:a:discord:dm:1:"),
    *("ID3", "\xff\xfb\x90", "RIFF", "\xfa\xfa"),
)

_OPENINGS: Final = ("<", "[", "(", "{", "`", '"', "\\(", "$", "https://", "A='")

_WORDS: Final = (
    *("a ", "a.", "a. ", "a, ", "a' ", "a's ", "aB", "Ab ", "a\n", "a\n\n", ". ", "? ", ", "),
    *("Jarvis ", "Jarvis, ", "Jarvis! ", "Jarvis's ", "jarvis", "JarvisSage", "Sage ", "Bob "),
    *("Alexa ", "Jervis ", "Charvis, ", "hey Jarvis ", "uh ", "uh and and ", "Mr. ", "no. "),
    *("Dr. No. ", "e.g. ", "3. Mai ", "1 hour ", "ask Sage to ask Sage to ", "switch to Jarvis "),
    *("Jarvis, stop. ", "hello, yes ", "thank you ", "wow thanks ", "what is the ", "yes. "),
    *("of course. ", "can you please ", "na na la ", "vielen dank ", "könntest du ", "ähm "),
)


def _phrases() -> tuple[str, ...]:
    """The longest entry of each word list, near the longest text that a rule reads."""
    lists = (getattr(ENGLISH, each.name) for each in fields(ENGLISH))
    longest = (max(each, key=len) for each in lists if isinstance(each, frozenset) and each)
    return tuple(f"{words} " for words in longest)


UNITS: Final = tuple(dict.fromkeys((*_CHARACTERS, *_MARKS, *_WORDS, *_phrases())))


def repeated(unit: str, size: int) -> str:
    """A text of ``size`` characters, or up to one unit more."""
    return unit * -(-size // len(unit))


def nested(opening: str, closing: str, size: int) -> str:
    """Brackets in brackets: half of the text opens, half closes."""
    depth = size // (len(opening) + len(closing))
    return opening * depth + closing * depth


NESTS: Final = (("(", ")"), ("[", "]"), ("{", "}"), ('{"a":', "}"), ("<a>", "</a>"), ("**", "**"))


def texts(size: int) -> dict[str, str]:
    """All texts in one size, by the name that a failure shows."""
    found = {repr(unit): repeated(unit, size) for unit in UNITS}
    found |= {f"nested {opening}": nested(opening, closing, size) for opening, closing in NESTS}
    # One letter after a long run of the same mark.
    found |= {f"{unit!r}, then a": repeated(unit, size) + "a" for unit in ".?,:;\n '-/<[*_`~#|"}
    # Markup that opens and never closes: once, and repeatedly.
    for opening in _OPENINGS:
        found[f"{opening!r}, then one word"] = opening + repeated("a", size)
        found[f"{opening!r} and a long word, repeated"] = repeated(opening + "a" * 900, size)
    found["words, then one mark"] = repeated("word ", size) + "?"
    found["one word, then a name"] = repeated("a", size) + " Jarvis"
    found["spaces, then a word"] = repeated(" ", size) + "a"
    found["different words"] = " ".join(f"w{number}" for number in range(size // 6))
    return found
