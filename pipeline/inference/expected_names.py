"""Names that are likely to be said, as speech to text is told them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpectedNames:
    """The spoken names of a room's agents, with their aliases, and of its people."""

    agents: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    stops: bool = False
    """A reply is sounding: words that stop it are likely too."""

    def __bool__(self) -> bool:
        return bool(self.agents or self.people)

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.agents, *self.people)


NO_NAMES = ExpectedNames()
