"""The simulated Gateway's agents: their protocol, and the scripted agents Jarvis and Sage.

Both answer by fixed rules. Their sentences are those of the fixture speech model
(models/fixture/phrases.txt, "the agents' answers"), so that their speech can be transcribed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from string import Formatter
from typing import Protocol

from simulators.gateway.faults import RunFault

_VALUES: Mapping[str, tuple[str, ...]] = {
    "place": ("Paris", "London", "Tokyo", "Berlin"),
    "minutes": ("five", "ten", "twenty"),
    "room": ("kitchen", "bedroom", "garden"),
    "state": ("on", "off"),
    "sound": ("music", "jazz"),
}
_NUMERALS = {"2": "two", "5": "five", "10": "ten", "20": "twenty", "+": " plus "}


@dataclass(slots=True)
class Memory:
    """An agent's memory of one session."""

    facts: dict[str, str] = field(default_factory=dict)
    last: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool call, and the agent's answer to its result."""

    name: str
    arguments: dict[str, object]
    then: Callable[[str], ScriptedAnswer]


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """One answer: its text and pace, a fault, and the tool that is called after it."""

    text: str
    first_token_s: float = 0.0
    between_words_s: float = 0.0
    fault: RunFault | None = None
    tool: ToolUse | None = None


class SimulatedAgent(Protocol):
    """An agent of the simulated Gateway."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        """The answer to a message."""


class Rule:
    """A pattern of words, and the sentences to answer with.

    In both, ``{place}`` and its like stand for one of a few known words. A value that
    the message lacks is taken from earlier in the session; without one the rule does not match.
    """

    def __init__(
        self, pattern: str, *sentences: str, tool: tuple[str, dict[str, object]] | None = None
    ) -> None:
        """``tool`` is called first: its name and arguments."""
        self.tool = tool
        groups = {name: f"(?P<{name}>{'|'.join(words)})" for name, words in _VALUES.items()}
        self._pattern = re.compile(pattern.format(**groups), re.IGNORECASE)
        self._sentences = sentences

    def answer(self, words: str, facts: dict[str, str]) -> tuple[str, ...] | None:
        found = self._pattern.search(words)
        if found is None:
            return None
        for name, value in found.groupdict().items():
            facts[name] = next(word for word in _VALUES[name] if word.lower() == value.lower())
        try:
            return tuple(sentence.format(**facts) for sentence in self._sentences)
        except KeyError:
            return None

    def every_sentence(self) -> Iterator[str]:
        """All sentences that the rule can answer with."""
        for sentence in self._sentences:
            names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
            for values in product(*(_VALUES[name] for name in names)):
                yield sentence.format(**dict(zip(names, values, strict=True)))


@dataclass(frozen=True, slots=True)
class ScriptedAgent:
    """An agent that answers by rules, by default at once."""

    id: str
    name: str
    rules: tuple[Rule, ...]
    otherwise: str
    first_token_s: float = 0.0
    between_words_s: float = 0.0

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        """The answer to a message, at the agent's pace."""
        said = ScriptedAnswer(
            " ".join(self.answer(words, memory)), self.first_token_s, self.between_words_s
        )
        plain = _plain(words)
        rule = next((each for each in self.rules if each.answer(plain, dict(memory.facts))), None)
        if rule is None or rule.tool is None:
            return said
        name, arguments = rule.tool
        return replace(said, text="", tool=ToolUse(name, arguments, lambda _: said))

    def answer(self, words: str, memory: Memory) -> tuple[str, ...]:
        """The sentences of the answer to a message."""
        plain = _plain(words)
        if "repeat" in plain and memory.last:
            return memory.last
        answers = (rule.answer(plain, memory.facts) for rule in self.rules)
        memory.last = next((said for said in answers if said), (self.otherwise,))
        return memory.last

    def every_sentence(self) -> set[str]:
        """All sentences that the agent can answer with."""
        said = {sentence for rule in self.rules for sentence in rule.every_sentence()}
        return said | {self.otherwise}


def _plain(words: str) -> str:
    """Lower case, numerals as words, no punctuation."""
    text = words.lower()
    for numeral, word in _NUMERALS.items():
        text = re.sub(rf"(?<!\d){re.escape(numeral)}(?!\d)", word, text)
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


_JARVIS = (
    Rule(r"\bwhat time\b|\btime is it\b", "It is half past seven, sir."),
    Rule(r"\bweather\b.*\b{place}\b", "It is sunny in {place}, sir."),
    Rule(r"\band in {place}\b", "It is sunny in {place}, sir."),
    Rule(r"\band tomorrow\b", "It is sunny in {place}, sir."),
    Rule(r"\bweather\b|\btell me more\b", "Let me look that up for you."),
    Rule(r"\btimer\b.*\b{minutes}\b", "Your timer is set for {minutes} minutes."),
    Rule(r"\bturn {state} the {room}\b", "The {room} lights are {state}."),
    Rule(r"\bplay\b.*\b{sound}\b", "Here is some {sound} for you."),
    Rule(
        r"\bjoke\b",
        "Why did the robot go on holiday?",
        "It needed to recharge its batteries.",
    ),
    Rule(r"\bwho are you\b", "I am Jarvis, at your service."),
    Rule(r"\bhear me\b", "Loud and clear, sir."),
    Rule(r"\btwo plus two\b", "Two plus two is four."),
    Rule(r"\bcapital of france\b", "The capital of France is Paris."),
    Rule(r"\bcall my mother\b", "I will remind you to call your mother."),
    Rule(
        r"\bnews\b",
        "Here is the news, sir.",
        "The harbor festival opens on Saturday morning.",
        "The old bridge is closed until next week.",
        "The local team won again last night.",
    ),
    Rule(r"\bthank you\b|\bthanks\b", "You are welcome, sir."),
)

_SAGE = (
    Rule(
        r"\bmeaning of life\b",
        "Life is a long walk, my friend.",
        "Enjoy the view along the way.",
    ),
    Rule(
        r"\bstory\b",
        "Once upon a time there was a village by the sea.",
        "Every evening the boats came home with the tide.",
        "The children waited on the old stone wall.",
        "And the moon rose slowly over the water.",
    ),
    Rule(r"\bbook\b", "It was written by a wise old woman."),
    Rule(r"\bwho are you\b", "I am Sage, and I have all the time in the world."),
    Rule(r"\bwhat time\b|\btime is it\b", "The hour matters less than how you spend it."),
)


def jarvis(*, first_token_s: float = 0.0, between_words_s: float = 0.0) -> ScriptedAgent:
    """An agent with short answers that end in "sir"."""
    return ScriptedAgent(
        "jarvis", "Jarvis", _JARVIS, "Very well, sir.", first_token_s, between_words_s
    )


def sage(*, first_token_s: float = 0.0, between_words_s: float = 0.0) -> ScriptedAgent:
    """An agent with longer, thoughtful answers."""
    return ScriptedAgent(
        "sage",
        "Sage",
        _SAGE,
        "That is a good question, my friend.",
        first_token_s,
        between_words_s,
    )


def default_agents(
    *, first_token_s: float = 0.0, between_words_s: float = 0.0
) -> tuple[ScriptedAgent, ...]:
    """Jarvis and Sage, at the same pace."""
    return (
        jarvis(first_token_s=first_token_s, between_words_s=between_words_s),
        sage(first_token_s=first_token_s, between_words_s=between_words_s),
    )
