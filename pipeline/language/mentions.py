"""The names in an utterance: who is called, and who is talked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.language.lexicons import COMMON_WORDS, MACHINES, Language
from pipeline.language.names import Mention, NameFinder, spoken_names, without_overlaps
from pipeline.ports import Persona, Speaker

_GREETED: Final = re.compile(
    r"\W*(?P<greeting>[^\W\d_]+),? (?P<name>[^\W\d_]{2,})\s*(?P<after>[^\s\w]|$)?"
)
_MACHINES: Final = NameFinder({name: [name] for name in MACHINES}, 1.0)
_LONGEST_HINTS: Final = 200
"""Letters: about 60 of the 224 tokens that Whisper takes as a prompt."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who is named. Agents are given by id, people by the name as it was transcribed."""

    agent: Mention | None = None
    """Where the room's current agent is called."""
    about: bool = False
    """The current agent is talked about, and not called."""
    about_other: bool = False
    """Another agent is talked about, and none is called."""
    other_agent: str | None = None
    """Another agent of the room that is called."""
    person: str | None = None
    """A person in the room who is called."""
    stranger: str | None = None
    """A called name that belongs to no participant: another assistant, "mum"."""


class KnownNames:
    """The names that a speaker may call in a room: its agents', and other people's."""

    def __init__(
        self,
        agent: str = "",
        agents: Iterable[Persona] = (),
        people: Iterable[Speaker] = (),
        threshold: float = 0.90,
    ) -> None:
        """``agent`` is the id of the current one among ``agents``; ``people`` are those besides
        the speaker. ``threshold`` is the least likeness (0..1) that a mention needs."""
        self.agent = agent
        self._agents = {
            persona.agent: (persona.name, persona.agent, *persona.aliases) for persona in agents
        }
        # The prefix keeps a person from replacing an agent of the same name.
        self._people = {f"#{person.id}": spoken_names(person.name) for person in people}
        self._people_forms = {form for forms in self._people.values() for form in forms}
        self._finder = NameFinder({**self._agents, **self._people}, threshold)

    def candidates(self, text: str, language: Language) -> list[Mention]:
        """Every run of words that is like one of the names; they may overlap."""
        return self._finder.candidates(text, language)

    def of_agents(self, candidates: Iterable[Mention]) -> list[Mention]:
        """The mentions of agents, in the order of the text."""
        return without_overlaps(each for each in candidates if each.name in self._agents)

    def mentions(self, text: str, candidates: Sequence[Mention], language: Language) -> Mentions:
        """Who is called in ``text``, and who is talked about."""
        found = without_overlaps(candidates)
        called = [mention for mention in found if mention.called]
        ours = [mention for mention in found if mention.name == self.agent]
        # If a person and another agent share a name, the person is more likely the addressee.
        theirs = [
            mention
            for mention in found
            if mention.name in self._agents
            and mention not in ours
            and not self._is_persons(mention)
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
                    if mention.name in self._people
                    or (mention not in ours and self._is_persons(mention))
                ),
                None,
            ),
            stranger=None if called else _machine(text, language) or _stranger(text, language),
        )

    def _is_persons(self, mention: Mention) -> bool:
        return mention.heard.casefold() in self._people_forms


def name_hints(agents: Iterable[Persona], people: Iterable[Speaker]) -> str:
    """The names that are likely to be said, "Jarvis, Sage, Bobby", the agents' first.

    Names that would make it too long for a prompt are left out from the end.
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


def _machine(text: str, language: Language) -> str | None:
    """Another assistant that is called."""
    called = (mention for mention in _MACHINES.find(text, language) if mention.called)
    return next((mention.heard for mention in called), None)


def _stranger(text: str, language: Language) -> str | None:
    """A person who is greeted and not in the room: "Hi Sue, it's me", "hey mum"."""
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
