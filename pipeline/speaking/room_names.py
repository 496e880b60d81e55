"""Whom the marks in an agent's text mean: those who are or were here, and who else there is."""

from __future__ import annotations

from pipeline.ports import NameResolver, Speaker


class RoomNames:
    """`NameResolver` of one room. ``others`` knows those who were never in it."""

    def __init__(self, others: NameResolver | None = None) -> None:
        self._others = others
        self._people: dict[int, str] = {}

    def add(self, speaker: Speaker) -> None:
        """Remember who came: an agent may still speak of them when they have left."""
        self._people[speaker.id] = speaker.name

    def person(self, number: int) -> str | None:
        if number in self._people or self._others is None:
            return self._people.get(number)
        return self._others.person(number)

    def channel(self, number: int) -> str | None:
        return None if self._others is None else self._others.channel(number)

    def role(self, number: int) -> str | None:
        return None if self._others is None else self._others.role(number)
