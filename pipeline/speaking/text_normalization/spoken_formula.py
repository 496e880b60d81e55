"""The spoken form of a LaTeX formula: "A equals pi r squared"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons import Language
from pipeline.language.lexicons.model import words

_LONGEST_SOURCE: Final = 240
_LONGEST_SPOKEN: Final = 200
_DEEPEST: Final = 8

_TOKEN: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:[.,]\d+)*|[^\W\d_]+|[{}^_]|\s+|.", re.DOTALL)
_FRACTIONS: Final = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_TEXT_COMMANDS: Final = words(
    "text textrm textbf textit mathrm mathbf mathit mathcal mathbb mathsf mathtt "
    "operatorname boldsymbol mbox hbox boxed displaystyle"
)
_SILENT: Final = words(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle limits "
    "nolimits quad qquad hspace vspace label tag nonumber middle"
)
_ACCENTS: Final = frozenset({"hat", "bar", "vec", "tilde", "dot", "ddot", "overline", "underline"})
_LARGE: Final = frozenset({"sum", "prod", "int", "iint", "oint", "lim", "max", "min"})
_FUNCTIONS: Final = frozenset("fghFGP")
_GREEK: Final = words(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
    "rho sigma tau upsilon phi chi psi omega"
)
_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "+": "plus", "-": "minus", "−": "minus", "=": "equals", "<": "less", ">": "greater",
        "*": "times", "·": "times", "×": "times", "/": "divided", "÷": "divided", "±": "plusminus",
        "!": "factorial", "≤": "leq", "≥": "geq", "≠": "neq", "≈": "approx", "∞": "infinity",
        "→": "to", "%": "percent", "°": "degrees", "∈": "in", "√": "root_of",
    }
)  # fmt: skip
_COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cdot": "times", "times": "times", "ast": "times", "div": "divided", "pm": "plusminus",
        "mp": "plusminus", "leq": "leq", "le": "leq", "leqslant": "leq", "geq": "geq", "ge": "geq",
        "geqslant": "geq", "neq": "neq", "ne": "neq", "approx": "approx", "sim": "approx",
        "equiv": "equiv", "propto": "propto", "infty": "infinity", "to": "to", "rightarrow": "to",
        "longrightarrow": "to", "Rightarrow": "implies", "implies": "implies", "iff": "iff",
        "Leftrightarrow": "iff", "in": "in", "notin": "notin", "subset": "subset",
        "subseteq": "subset", "cup": "cup", "cap": "cap", "forall": "forall", "exists": "exists",
        "partial": "partial", "nabla": "nabla", "ldots": "dots", "cdots": "dots", "dots": "dots",
        "circ": "degrees", "degree": "degrees", "sin": "sin", "cos": "cos", "tan": "tan",
        "log": "log", "ln": "ln", "exp": "exp", "lt": "less", "gt": "greater", "angle": "angle",
        "perp": "perp", "parallel": "parallel", "prime": "prime", "land": "and", "lor": "or",
        "neg": "not", "lnot": "not", "emptyset": "emptyset", "mid": "mid",
        "sum": "sum", "prod": "prod", "int": "int", "iint": "int", "oint": "int", "lim": "lim",
        "max": "max", "min": "min", "hbar": "hbar", "ell": "ell", "gg": "greater", "ll": "less",
    }
)  # fmt: skip

KNOWN_COMMANDS: Final = (
    _FRACTIONS | _TEXT_COMMANDS | _ACCENTS | _GREEK | _COMMANDS.keys() | {"sqrt", "binom", "left"}
    | {name.capitalize() for name in _GREEK}
    | {"varepsilon", "vartheta", "varphi", "varrho", "varsigma"}
)  # fmt: skip
"""Commands that mark a formula without delimiters."""


class _NotSpeakable(Exception):
    """A listener could not follow the formula."""


def spoken_formula(source: str, language: Language) -> str | None:
    """A formula in words; None if it is too long, or has a layout that words cannot express."""
    if len(source) > _LONGEST_SOURCE:
        return None
    try:
        spoken = _Formula(source, language.maths).read()
    except _NotSpeakable:
        return None
    text = re.sub(r" +([,.;:])", r"\1", " ".join(spoken.split()))
    return text if len(text) <= _LONGEST_SPOKEN else None


class _Formula:
    """A recursive-descent reader of one formula."""

    def __init__(self, source: str, phrases: Mapping[str, str]) -> None:
        self._tokens = [token for token in _TOKEN.findall(source) if not token.isspace()]
        self._words = phrases
        self._place = 0
        self._depth = 0

    def read(self) -> str:
        out: list[str] = []
        while self._place < len(self._tokens):
            out.append(self._item())
        return " ".join(filter(None, out))

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _item(self) -> str:
        """A symbol with its subscript and superscript."""
        sign = self._peek()
        base = self._base()
        below = above = ""
        while (mark := self._peek()) and mark in ("_", "^"):
            self._next()
            if mark == "_":
                below = self._base()
            else:
                above = self._base()
        large = sign.removeprefix("\\")
        if sign.startswith("\\") and large in _LARGE:
            return self._bounded(_COMMANDS[large], below, above)
        if below:
            base = self._say("index", base=base, index=below)
        return self._raised(base, above) if above else base

    def _bounded(self, name: str, below: str, above: str) -> str:
        if name in ("lim", "max", "min"):
            return self._say(f"{name}_at", below=below) if below else self._words[name]
        if below and above:
            return self._say("from_to", what=self._words[name], below=below, above=above)
        if below:
            return self._say("over", what=self._words[name], below=below)
        return self._words[name] + " " + self._words["of"]

    def _raised(self, base: str, above: str) -> str:
        if above == self._words["degrees"]:
            return f"{base} {above}"
        if above in ("'", self._words["prime"]):
            return f"{base} {self._words['prime']}"
        named = {"2": "squared", "3": "cubed"}.get(above)
        return self._say(named or "power", base=base, exponent=above)

    def _base(self) -> str:
        token = self._next()
        if token == "{":
            return self._group()
        if token.startswith("\\"):
            return self._command(token[1:].rstrip("*"))
        if token in _SIGNS:
            return self._words[_SIGNS[token]]
        if token == "'":
            return self._words["prime"]
        if token in (",", ";", ":", "."):
            return token
        if token in _FUNCTIONS and self._peek() == "(":
            return f"{token} {self._words['of']}"
        if token[:1].isalpha():
            # Two letters are two variables; more are a word.
            return token if len(token) > 2 else " ".join(token)
        return token if token[:1].isdigit() else ""

    def _group(self) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotSpeakable
        out: list[str] = []
        while self._peek() not in ("}", ""):
            out.append(self._item())
        self._next()
        self._depth -= 1
        return " ".join(filter(None, out))

    def _verbatim(self) -> str:
        """The text of a group, unchanged."""
        if self._peek() != "{":
            return self._base()
        self._next()
        out: list[str] = []
        while self._peek() not in ("}", ""):
            out.append(self._next().removeprefix("\\"))
        self._next()
        return " ".join(out)

    def _command(self, name: str) -> str:
        if name in ("begin", "end", "substack", "matrix"):
            raise _NotSpeakable
        if name in _FRACTIONS:
            above, below = self._base(), self._base()
            return self._say("fraction", above=above, below=below)
        if name == "binom":
            above, below = self._base(), self._base()
            return self._say("choose", above=above, below=below)
        if name == "sqrt":
            return self._root()
        if name in _TEXT_COMMANDS:
            return self._verbatim()
        if name in _ACCENTS:
            return f"{self._base()} {self._words.get(name, '')}"
        if name in _SILENT or not name.isalpha():
            return self._words["percent"] if name == "%" else ""
        if name in _COMMANDS:
            return self._words[_COMMANDS[name]]
        plain = name.removeprefix("var").lower()
        return self._words.get(plain, plain)

    def _root(self) -> str:
        degree = ""
        if self._peek() == "[":
            self._next()
            degree_words: list[str] = []
            while self._peek() not in ("]", ""):
                degree_words.append(self._item())
            self._next()
            degree = " ".join(degree_words)
        of = self._base()
        named = {"": "root", "2": "root", "3": "cube_root"}.get(degree)
        return self._say(named or "nth_root", degree=degree, of=of)

    def _say(self, phrase: str, **parts: str) -> str:
        return self._words[phrase].format(**parts)
