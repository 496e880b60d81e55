"""The agents and the people of a room, and the utterances of these people.

The names that can be called in a room change with its participants, so they parse its utterances.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.language.mentions import KnownNames, name_hints
from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import Persona, Speaker


class Participants:
    """One room's agents, of whom one is the current one, and its people."""

    def __init__(
        self, personas: Iterable[Persona], persona: Persona, name_threshold: float
    ) -> None:
        """``persona`` is the current agent. ``name_threshold`` is the least likeness (0..1) at
        which a word counts as a name."""
        self._personas = {each.agent: each for each in (*personas, persona)}
        self._persona = persona
        self._name_threshold = name_threshold
        self._people: dict[int, Speaker] = {}
        self._names: dict[int, KnownNames] = {}
        """The names that each speaker may call, until the participants change."""
        self._parsed: dict[int, ParsedUtterance] = {}
        """The last utterance of each speaker."""

    @property
    def persona(self) -> Persona:
        """The current agent."""
        return self._persona

    @property
    def personas(self) -> Mapping[str, Persona]:
        """All agents by id."""
        return self._personas

    @property
    def people(self) -> list[Speaker]:
        """The people who can be heard."""
        return list(self._people.values())

    @property
    def name_hints(self) -> str:
        """All names, as hotwords for speech to text."""
        return name_hints(self._personas.values(), self._people.values())

    def name_of(self, agent: str) -> str:
        """The name that people call an agent by; its id if the room never had it."""
        persona = self._personas.get(agent)
        return agent if persona is None else persona.name

    def use_agent(self, persona: Persona) -> None:
        """Make an agent the current one, and know it by its names."""
        self._personas[persona.agent] = persona
        self._persona = persona
        self._names.clear()

    def add(self, speaker: Speaker) -> None:
        """Add a person, or change the name of one who is here."""
        self._people[speaker.id] = speaker
        self._names.clear()

    def remove(self, speaker_id: int) -> None:
        self._people.pop(speaker_id, None)
        self._parsed.pop(speaker_id, None)
        self._names.clear()

    def parse(self, speaker_id: int, text: str, language: str | None) -> ParsedUtterance:
        """An utterance of a speaker; ``language`` is an ISO code.

        The words at a turn's last pause are those of its end, as a rule: they are parsed once.
        """
        parsed, names = self._parsed.get(speaker_id), self._names_for(speaker_id)
        if (
            parsed is None
            or parsed.names is not names
            or (parsed.text, parsed.language_code) != (text, language)
        ):
            parsed = ParsedUtterance(speaker_id, text, language, names)
            if speaker_id in self._people:
                self._parsed[speaker_id] = parsed
        return parsed

    def _names_for(self, speaker_id: int) -> KnownNames:
        names = self._names.get(speaker_id)
        if names is None:
            names = self._names[speaker_id] = KnownNames(
                self._persona.agent,
                self._personas.values(),
                (person for person in self._people.values() if person.id != speaker_id),
                self._name_threshold,
            )
        return names
