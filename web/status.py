"""What the status page shows, and the port to the bot that it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

Condition: TypeAlias = Literal["well", "impaired", "broken", "off"]
"""``impaired``: it works in part, or by a stand-in. ``off``: the settings do not want it."""


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part of the bot: how it is, and what to do about it."""

    name: str
    condition: Condition
    words: str
    """How it is, for operators."""
    advice: str = ""
    """What to do; empty if nothing."""
    needed: bool = True
    """Whether the bot is not ready while this part is broken."""


@dataclass(frozen=True, slots=True)
class TurnStatus:
    """One turn of a room. ``at`` is when it was decided on, in Unix seconds."""

    speaker: str
    at: int
    text: str
    addressed: bool
    reasons: tuple[str, ...]
    outcome: str
    """What became of it, in words."""
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    """As `pipeline.latency.TurnLatency.stages_ms`."""


@dataclass(frozen=True, slots=True)
class RoomStatus:
    """A call on Discord, or a room of the talk page."""

    place: str
    """The server and the channel."""
    kind: Literal["discord", "web"]
    agent: str
    sensitivity: str
    people: tuple[str, ...]
    answering: str | None
    """The name of the person who is being answered."""
    waiting: int
    questions: int
    problem: str
    """Why the bot cannot hear or be heard there; empty if all is well."""
    turns: tuple[TurnStatus, ...]
    """The last ones, the newest first."""


class StatusSource(Protocol):
    """Where the status page gets what it shows."""

    def parts(self) -> Sequence[PartHealth]:
        """Every part. Returns at once."""
        ...

    def rooms(self) -> Sequence[RoomStatus]:
        """Every room, with what people said. Returns at once."""
        ...

    def agents(self) -> Sequence[str]:
        """The names of the agents that can be chosen."""
        ...
