"""What the commands need of the agents and of the speech server, besides a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.ports import Persona, Speaker


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question to an agent that was not spoken in a call."""

    guild_id: int
    agent: str
    text: str
    asker: Speaker
    channel_id: int | None
    """The text channel, whose session it belongs to with session scope ``channel``."""


class AgentTools(Protocol):
    """Asks agents, and synthesises samples of voices."""

    async def ask(self, question: WrittenQuestion) -> str:
        """The agent's whole answer, in the asker's session.

        Raises:
            AgentError: there is no answer.
        """
        ...

    async def voices(self) -> Sequence[str]:
        """The voices of the speech server. Returns within about a second.

        Raises:
            SpeechUnavailable: the server does not answer, or has no list.
        """
        ...

    async def sample(self, text: str, persona: Persona) -> bytes:
        """A text in an agent's voice, as a file of Opus in Ogg.

        Raises:
            SpeechUnavailable: the server gave no audio.
        """
        ...
