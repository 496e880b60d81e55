"""Words that are spoken without asking an agent: a reply again, its rest, a confirmation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from pipeline.ports import AgentDelta, AgentTurn, Persona
from pipeline.speaking.reply import Reply
from pipeline.transcript import words_heard


@dataclass(frozen=True, slots=True)
class PastReply:
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


def said_of(reply: Reply, played_ms: float, at: float) -> PastReply:
    """A reply that ended ``at``, without what was said beside it."""
    sentences = [each for each in reply.outcome.sentences if each.kind == "answer"]
    text = " ".join([*(sentence.text for sentence in sentences), *reply.unsaid()])
    unheard = text.removeprefix(words_heard(sentences, played_ms)).strip()
    return PastReply(reply.persona, text, unheard, at, reply.turn.speaker.id, reply.offered)


class CannedReply:
    """An `Agent` that answers anything with ``words()``, which is asked when its turn has come."""

    def __init__(self, words: Callable[[], str]) -> None:
        self._words = words

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        yield AgentDelta(self._words())
