"""What a room is connected to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.events import Observer
from pipeline.ports import AddresseeOracle, Agent, NameResolver
from pipeline.speaking.reply import ReplyVoice


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPorts:
    """What a room is connected to: its agents, its voice, and the observer of its events."""

    agent: Agent
    voice: ReplyVoice
    observer: Observer
    oracle: AddresseeOracle | None = None
    """Gives the second opinion on whether the agent was meant."""
    names: NameResolver | None = None
    """Resolves Discord's marks in an agent's text, besides those of the people present."""
    context_of_others: Callable[[], bool] = lambda: False
    """Whether an agent is told what people other than its asker said before."""
