"""Utterances in a room with Ann, Ben, Jarvis and Sage."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.language.utterance import ParsedUtterance
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker
from testing.room import ANN, BEN, JARVIS, SAGE


def parsed(
    text: str,
    language: str | None = "en",
    *,
    by: Speaker = ANN,
    people: Iterable[Speaker] = (ANN, BEN),
    agent: Persona = JARVIS,
    other_agents: Iterable[Persona] = (SAGE,),
    threshold: float = 0.9,
) -> ParsedUtterance:
    """``text`` as ``by`` says it; ``agent`` is the current one."""
    participants = Participants(other_agents, agent, threshold)
    for person in people:
        participants.add(person)
    return participants.parse(by.id, text, language)
