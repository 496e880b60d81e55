"""The names behind the Discord ids in an agent's text."""

from __future__ import annotations

from pipeline.ports import NameResolver, Speaker


class RoomNames:
    """The `NameResolver` of one room. ``guild`` knows members who were never in it."""

    def __init__(self, guild: NameResolver | None = None) -> None:
        self._guild = guild
        self._members: dict[int, str] = {}

    def add(self, speaker: Speaker) -> None:
        """Keep the name of a member; an agent may mention them after they have left."""
        self._members[speaker.id] = speaker.name

    def person(self, number: int) -> str | None:
        if number in self._members or self._guild is None:
            return self._members.get(number)
        return self._guild.person(number)

    def channel(self, number: int) -> str | None:
        return None if self._guild is None else self._guild.channel(number)

    def role(self, number: int) -> str | None:
        return None if self._guild is None else self._guild.role(number)
