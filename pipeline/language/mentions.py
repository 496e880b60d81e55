"""The names in an utterance: who is called, and who is talked about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.language.lexicons import COMMON_WORDS, MACHINES, Language
from pipeline.language.names import Mention, NameFinder, spoken_names
from pipeline.ports import Persona, Speaker

_GREETED: Final = re.compile(
    r"\W*(?P<greeting>[^\W\d_]+),? (?P<name>[^\W\d_]{2,})\s*(?P<after>[^\s\w]|$)?"
)
_MACHINES: Final = NameFinder({name: [name] for name in MACHINES}, 1.0)
_LONGEST_HINTS: Final = 200
"""Letters: about 60 of the 224 tokens that Whisper takes as a prompt."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Agents by their id, people by the name that was heard."""

    agent: Mention | None = None
    """Where the agent in question is called."""
    about: bool = False
    """It is talked about."""
    about_other: bool = False
    """Another agent is talked about."""
    other_agent: str | None = None
    person: str | None = None
    stranger: str | None = None
    """Somebody who is called, and neither an agent nor here: another machine, "mum"."""


def agent_names(agents: Iterable[Persona], threshold: float) -> NameFinder:
    """Finds the agents by all their names; a mention's ``name`` is the agent's id."""
    return NameFinder({agent.agent: _forms(agent) for agent in agents}, threshold)


def name_hints(agents: Iterable[Persona], people: Iterable[Speaker]) -> str:
    """The names that are likely to be said, "Jarvis, Sage, Bobby", the agents' first.

    Bounded: what is too much for a prompt is left out from the end.
    """
    names = [name for agent in agents for name in (agent.name, *agent.aliases)]
    names += [forms[-1].title() for person in people if (forms := spoken_names(person.name))]
    hints = ""
    for name in dict.fromkeys(names):
        longer = f"{hints}, {name}" if hints else name
        if len(longer) > _LONGEST_HINTS:
            break
        hints = longer
    return hints


def without(text: str, mentions: Iterable[Mention]) -> str:
    """The text without some mentions: "Jarvis, stop." to ", stop.". None may overlap another."""
    kept, at = [], 0
    for mention in sorted(mentions, key=lambda each: each.start):
        kept.append(text[at : mention.start])
        at = mention.end
    return "".join((*kept, text[at:]))


def called_names(
    text: str,
    agent: Persona,
    others: Iterable[Persona],
    people: Iterable[Speaker],
    language: Language,
    threshold: float,
) -> Mentions:
    """Look for the names of the agents and of ``people`` in ``text``."""
    agents = {persona.agent: _forms(persona) for persona in (*others, agent)}
    # Behind a number, so that a person called like an agent does not hide it.
    humans = {f"#{person.id}": spoken_names(person.name) for person in people}
    mentions = NameFinder({**agents, **humans}, threshold).find(text, language)
    called = [mention for mention in mentions if mention.called]
    ours = [mention for mention in mentions if mention.name == agent.agent]
    # Of a person and another agent of one name, the person is the likelier to be spoken to.
    here = {form for forms in humans.values() for form in forms}
    theirs = [
        mention
        for mention in mentions
        if mention.name in agents and mention not in ours and mention.heard.casefold() not in here
    ]
    return Mentions(
        agent=next((mention for mention in ours if mention.called), None),
        about=bool(ours) and not any(mention.called for mention in ours),
        about_other=bool(theirs) and not any(mention.called for mention in theirs),
        other_agent=next((mention.name for mention in theirs if mention.called), None),
        person=next(
            (
                mention.heard
                for mention in called
                if mention.name in humans
                or (mention not in ours and mention.heard.casefold() in here)
            ),
            None,
        ),
        stranger=None if called else _machine(text, language) or _stranger(text, language),
    )


def _machine(text: str, language: Language) -> str | None:
    """Another assistant that is called."""
    called = (mention for mention in _MACHINES.find(text, language) if mention.called)
    return next((mention.heard for mention in called), None)


def _stranger(text: str, language: Language) -> str | None:
    """Somebody greeted who is not here: "Hi Sue, it's me", "hey mum"."""
    match = _GREETED.match(text)
    if match is None or match["greeting"].lower() not in language.hello:
        return None
    name = match["name"].lower()
    if name in language.kin:
        return match["name"]
    no_name = COMMON_WORDS | language.fillers | language.we | language.crowd
    stands_apart = match["after"] in (",", "!", ".", "")
    is_name = match["name"].istitle() and name not in no_name
    return match["name"] if is_name and stands_apart else None


def _forms(persona: Persona) -> tuple[str, ...]:
    return (persona.name, persona.agent, *persona.aliases)
