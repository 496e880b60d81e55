"""The form of the control words of a language, and two ways to write long lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from pipeline.language.lexicons.model import phrases


@dataclass(frozen=True, slots=True)
class ControlWords:
    """The phrases of one language, in lower case and without apostrophes.

    A command is one of the stops or waits, repeated, or with other phrases around it: "okay thank
    you", "stop", "stop", "right there". What stands in ``before``, ``links``, ``remarks`` and
    ``reasons`` goes with a stop alone.
    """

    stops: frozenset[str]
    """Phrases that ask for silence at any time."""
    waits: frozenset[str]
    """Phrases that end a reply, and without one are for the agent: "wait", "that's all"."""
    around: frozenset[str]
    """Phrases that change nothing before, between and after the others."""
    before: frozenset[str]
    """Phrases that introduce a stop and mean nothing else: "maybe", "any chance you could"."""
    links: frozenset[str]
    """Words that join a stop to what comes before it: "but"."""
    remarks: frozenset[str]
    """Remarks before or behind a stop: "it's late", "you talk too much", "I mean it"."""
    described: frozenset[str]
    """Words of stops that a phrase right before them describes: "quick enough"."""
    reasons: frozenset[str]
    """Openings of a clause that tells why, beside a stop: "I'm talking ..."."""
    no_reasons: frozenset[str]
    """Words that make it more than a reason: "I'm talking *about* the other one"."""
    tags: frozenset[str]
    """Short questions at the end that only insist: "that's enough, okay?"."""
    doubts: frozenset[str]
    """Short questions behind a stop that make it a cry of surprise: "shut up, really?"."""
    titles: frozenset[str]
    """Forms of address beside the name of an agent: "Mr.", "my friend"."""
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
