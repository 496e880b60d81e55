"""Which agents a guild can choose from, as the commands see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.ports import Persona


class AgentCatalogue(Protocol):
    async def choices(self) -> Sequence[Persona]:
        """The agents that can answer now. Returns within about a second, whatever is away."""
        ...

    def persona(self, agent: str) -> Persona:
        """How the agent with that id is called and sounds, whether or not it can answer."""
        ...
