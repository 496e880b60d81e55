"""Words that are spoken without asking an agent: a reply again, its rest, a confirmation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from pipeline.ports import AgentTurn, Persona, TextDelta


@dataclass(frozen=True, slots=True)
class SaidReply:
    """A reply that is over, as far as its agent had written it."""

    persona: Persona
    text: str
    unheard: str
    """What of it the listeners did not hear; empty when it was heard to its end."""
    at: float
    """When it ended, in the room's seconds."""
    speaker: int
    """To whom it was said, by id."""
    offered: bool = False
    """It ended with the offer of the rest."""


class Recital:
    """An `Agent` that answers anything with ``words()``, which is asked when its turn has come."""

    def __init__(self, words: Callable[[], str]) -> None:
        self._words = words

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[TextDelta, None]:
        yield TextDelta(self._words())
