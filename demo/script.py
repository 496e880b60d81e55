"""The lines of the demo: one script for real speech models, one for the fixture.

With the real models members say anything in neural voices. The fixture model knows the sentences of
``models/fixture/phrases.txt`` and no others, and is spoken to by espeak-ng.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from simulators.gateway import jarvis, sage
from simulators.gateway.agents import Rule, ScriptedAgent
from testing.harness import VOICES

MURMUR: Final = "Uh huh."
"""Bob's murmur during the story."""
STOP: Final = "Sage, stop."
"""Bob's words that stop the story."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question to an agent, and the sentences that it answers with.

    ``parts`` are the question's parts, with ``pause_s`` of silence between them.
    """

    who: str
    parts: tuple[str, ...]
    answer: tuple[str, ...]
    pause_s: float = 0.6

    @property
    def question(self) -> str:
        return " ".join(self.parts)


def ask(who: str, question: str, *answer: str) -> Exchange:
    """A question without a pause."""
    return Exchange(who, (question,), answer)


@dataclass(frozen=True, slots=True)
class DemoScript:
    """What is said in the scenes of the demo, by whom and to whom."""

    about: str
    voices: Mapping[str, str]
    """The members' voices at the speech server."""
    agents: tuple[ScriptedAgent, ...]
    aside: str
    """Bob to Alice."""
    questions: tuple[Exchange, ...]
    hesitation: Exchange | None
    """A question with a pause inside."""
    second_aside: str
    """Bob to Alice, during the next question."""
    together: Exchange
    other_agent: Exchange
    story: str
    story_begins: str
    """The first sentence of the story."""
    exact: bool
    """Whether each word must be recognised as it was spoken."""

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Every line that a member says, with the member's name."""
        exchanges = [*self.questions, self.together, self.other_agent]
        if self.hesitation is not None:
            exchanges.append(self.hesitation)
        return (
            *(("Bob", text) for text in (self.aside, self.second_aside, MURMUR, STOP)),
            *((each.who, part) for each in exchanges for part in each.parts),
            ("Alice", self.story),
        )


FIXTURE: Final = DemoScript(
    about=(
        "Speech is understood by a tiny Whisper model that knows the sentences of this demo and no "
        "others,\nand spoken by espeak-ng."
    ),
    voices=VOICES,
    agents=(jarvis(), sage()),
    aside="Alice, are you coming to the party?",
    questions=(
        ask("Alice", "Jarvis, what time is it?", "It is half past seven, sir."),
        ask("Bob", "Jarvis, what is the weather in Paris?", "It is sunny in Paris, sir."),
        ask("Bob", "And in London?", "It is sunny in London, sir."),
    ),
    hesitation=None,
    second_aside="Alice, I will be right back.",
    together=ask("Alice", "Jarvis, turn on the kitchen lights.", "The kitchen lights are on."),
    other_agent=ask(
        "Alice",
        "Sage, what is the meaning of life?",
        "Life is a long walk, my friend.",
        "Enjoy the view along the way.",
    ),
    story="Sage, tell me a story.",
    story_begins="Once upon a time there was a village by the sea.",
    exact=True,
)

_JARVIS_RULES: Final = (
    Rule(r"\begg\b", "Seven minutes for a soft yolk, sir.", "Ten if you like it firm."),
    Rule(r"\bmars\b", "Mars has two, and both are tiny."),
    Rule(r"\bmoons\b", "That would be Saturn, sir, with well over a hundred."),
    Rule(r"\bplants\b", "I will remind you on Friday, sir."),
    Rule(r"\blights?\b", "The living room is a little darker now."),
)
_SAGE_RULES: Final = (
    Rule(r"\btime\b.*\bfl(y|ies)\b", "Happy hours leave no empty minutes to count."),
)

REAL: Final = DemoScript(
    about=(
        "Speech is understood by Whisper and spoken by neural voices: the members may say anything."
    ),
    voices=MappingProxyType({"Alice": "kokoro:af_sarah", "Bob": "kokoro:am_michael"}),
    agents=(
        ScriptedAgent("jarvis", "Jarvis", _JARVIS_RULES, "Very well, sir."),
        ScriptedAgent("sage", "Sage", (*_SAGE_RULES, *sage().rules), "Let me think about that."),
    ),
    aside="Alice, did you ever manage to fix the printer upstairs?",
    questions=(
        ask(
            "Alice",
            "Hey Jarvis, how long should I boil an egg?",
            "Seven minutes for a soft yolk, sir.",
            "Ten if you like it firm.",
        ),
        ask(
            "Bob",
            "Jarvis, which planet has the most moons?",
            "That would be Saturn, sir, with well over a hundred.",
        ),
        ask("Bob", "And how many does Mars have?", "Mars has two, and both are tiny."),
    ),
    hesitation=Exchange(
        "Alice",
        ("Jarvis, can you remind me to,", "water the plants on Friday?"),
        ("I will remind you on Friday, sir.",),
    ),
    second_aside="Alice, I'm going to get some coffee downstairs.",
    together=ask(
        "Alice",
        "Jarvis, please dim the lights in the living room.",
        "The living room is a little darker now.",
    ),
    other_agent=ask(
        "Alice",
        "Sage, why do people say that time flies?",
        "Happy hours leave no empty minutes to count.",
    ),
    story="Sage, tell us a story about the sea.",
    story_begins="Once upon a time there was a village by the sea.",
    exact=False,
)
