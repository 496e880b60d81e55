"""Sensors of the calls that a bot is in: how many people, who speaks, how loud.

A server's readings carry its id: only sessions of that server see them. A name is shown only where
``names`` allows it, and never that of a person who is not heard.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from fleet.sensors.readings import Reading
from openclaw_client.node.authorization import allowed_guilds, may_know
from openclaw_client.node.rooms import VoiceRooms
from openclaw_client.turn_text import clean_name

ROOMS: Final = "rooms"
SILENCE_DB: Final = -90.0
"""The lowest level that is shown; a microphone that sends nothing has it."""
_NOT_IN_NAMES: Final = re.compile(r"[\W_]+")
_LONGEST_SLUG: Final = 40
_MOST_NAMES: Final = 10


@dataclass(frozen=True, slots=True)
class RoomMicrophone:
    """A person who is heard. ``level_db`` is in dB below full scale."""

    name: str
    speaking: bool
    level_db: float


@dataclass(frozen=True, slots=True)
class RoomNow:
    """A call at this moment. ``people`` counts all in the channel but bots; ``names`` says whether
    agents may know who speaks."""

    guild_id: int
    guild: str
    people: int
    heard: tuple[RoomMicrophone, ...]
    names: bool


CallsNow: TypeAlias = Callable[[], Sequence[RoomNow]]


class RoomSource:
    """The calls of a bot; a machine without one has none."""

    name = ROOMS

    def __init__(self, *, wall: Callable[[], float] = time.time) -> None:
        self.calls: CallsNow | None = None
        self.rooms: VoiceRooms | None = None
        """What a session may know; without it, none may know anything."""
        self._wall = wall

    async def read(self) -> Sequence[Reading]:
        calls = () if self.calls is None else self.calls()
        slugs = Counter(_slug(each) for each in calls)
        return [
            reading
            for call in calls
            for reading in _readings(
                call,
                _slug(call) if slugs[_slug(call)] == 1 else f"{_slug(call)}-{call.guild_id}",
                self._wall(),
            )
        ]

    def may_know(self, reading: Reading, session_key: str | None) -> bool:
        """Whether a session may know a reading of this source."""
        if self.rooms is None:
            return False
        if reading.guild_id not in {each.id for each in allowed_guilds(self.rooms, session_key)}:
            return False
        calls = [each for each in self.rooms.rooms() if each.guild.id == reading.guild_id]
        return all(may_know(each, session_key) for each in calls)


def _readings(call: RoomNow, slug: str, now: float) -> list[Reading]:
    speakers = [each.name for each in call.heard if each.speaking]
    level_db = max([each.level_db for each in call.heard], default=SILENCE_DB)
    words = ", ".join(map(clean_name, speakers[:_MOST_NAMES])) if call.names else ""
    values = {
        "people": (float(call.people), "people", ""),
        "speaking": (float(len(speakers)), "speaking", words),
        "microphone": (round(max(SILENCE_DB, level_db), 1), "dBFS", ""),
    }
    return [
        Reading(f"room.{slug}.{name}", value, unit, now, words=text, guild_id=call.guild_id)
        for name, (value, unit, text) in values.items()
    ]


def _slug(call: RoomNow) -> str:
    """The server's name as part of a sensor's name."""
    plain = _NOT_IN_NAMES.sub("-", call.guild.casefold()).strip("-")
    return plain[:_LONGEST_SLUG].strip("-") or str(call.guild_id)
