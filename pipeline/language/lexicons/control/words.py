"""The form of the control words of a language, and two ways to write long lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from pipeline.language.lexicons.model import phrases


@dataclass(frozen=True, slots=True)
class ControlWords:
    """The phrases of one language, in lower case and without apostrophes.

    A command is one of the stops or waits, repeated, or with other phrases around it: "okay thank
    you", "stop", "stop", "right there".
    """

    stops: frozenset[str]
    """Phrases that ask for silence at any time."""
    waits: frozenset[str]
    """Phrases that end a reply, and without one are for the agent: "wait", "that's all"."""
    around: frozenset[str]
    """Phrases that change nothing before, between and after the others."""
    particles: frozenset[str]
    """Words that change nothing even inside the others: "hör *bitte* auf"."""
    statements: frozenset[str]
    """Those of the phrases that a question mark makes a question: "that's enough?"."""
    negations: frozenset[str]
    """Phrases that deny one of the others: "not enough"."""
    negators: frozenset[str] = frozenset()
    """Words that mean "no" and also "not": right before one of the others they deny it."""
    denied_unmarked: bool = True
    """They deny it also in a text without marks. Spanish forbids with another form of the verb ("no
    pares"), so that "no para" may lack a comma."""
    spaced: bool = True
    """Words have spaces between them. If not, every character counts as a word."""


def each_with(verbs: str, objects: str) -> frozenset[str]:
    """Every verb with every object; both are separated by slashes."""
    pairs = product(phrases(verbs), phrases(objects))
    return frozenset(" ".join(pair).strip() for pair in pairs)


def unspaced(listed: frozenset[str]) -> frozenset[str]:
    """The phrases with a space between their characters."""
    return frozenset(" ".join(phrase.replace(" ", "")) for phrase in listed)
