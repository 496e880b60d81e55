"""Which agents a guild can choose from, and whether they can be reached, as the commands see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.ports import Persona


class AgentCatalogue(Protocol):
    async def choices(self) -> Sequence[Persona]:
        """The agents that can answer now. Returns within about a second, whatever is away."""
        ...

    async def reach(self) -> bool:
        """Whether the agents can be reached; if not, it is tried again. Takes a second or two."""
        ...

    def answered_by(self, agent: str) -> str:
        """The id of the agent that answers where that one is wanted: itself, or the one that stands
        in for it because the Gateway does not have it."""
        ...

    def known(self) -> Sequence[Persona]:
        """The agents that are known without asking anybody."""
        ...

    def persona(self, agent: str) -> Persona:
        """How the agent with that id is called and sounds, whether or not it can answer."""
        ...
