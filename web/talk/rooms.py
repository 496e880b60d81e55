"""The rooms of the talk page: opened by the first who enters, closed after the last has left."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from pipeline.ports import Persona
from tasks import OwnedTasks
from web.errors import TalkRefused
from web.talk.people import person_name, room_name
from web.talk.room import PCM, AudioForms, Explained, MakeConversation, TalkRoom, Visitor

log = logging.getLogger(__name__)

LINGER_S: Final = 60.0
"""How long an empty room is kept: a page that lost its connection finds its conversation again."""
_LONGEST_KEY: Final = 64
_ROOMS_FOR_ONE: Final = 2
"""Rooms that may be open, empty ones too, for each person who may be in one."""


class TalkRooms:
    """All rooms of one process."""

    def __init__(
        self,
        make: MakeConversation,
        agents: Callable[[], Sequence[Persona]],
        *,
        most_people: int,
        explained: Explained = list,
        on_closed: Callable[[int], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``agents`` returns those to choose from, ``explained`` makes reasons plainer, and
        ``on_closed`` is called with the id of a room that was closed. ``clock`` is the clock of the
        conversations that ``make`` makes."""
        self._make = make
        self.agents = agents
        self._most_people = most_people
        self._explained = explained
        self._on_closed = on_closed
        self._clock = clock
        self._rooms: dict[str, TalkRoom] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._tasks = OwnedTasks(log)

    @property
    def rooms(self) -> list[TalkRoom]:
        return list(self._rooms.values())

    @property
    def people(self) -> int:
        """How many people are in all rooms."""
        return sum(len(room.visitors) for room in self._rooms.values())

    def enter(
        self, room: str, name: str, key: str, audio: AudioForms = PCM
    ) -> tuple[TalkRoom, Visitor]:
        """Let a person into a room, which is opened if it is not there.

        Raises:
            TalkRefused: the name of the person or of the room cannot be used, or all places are
                taken; the text is for the person.
        """
        where, who = room_name(room), person_name(name)
        if not key or len(key) > _LONGEST_KEY:
            raise TalkRefused("the page is out of date: reload it")
        there = self._rooms.get(where)
        comes_back = there is not None and there.seat(who, key)[1] is not None
        if there is None and len(self._rooms) >= _ROOMS_FOR_ONE * self._most_people:
            raise TalkRefused("too many rooms were opened: wait a minute, or enter another")
        if not comes_back and self.people >= self._most_people:
            raise TalkRefused(
                f"all {self._most_people} places are taken (web.people in the settings)"
            )
        entered = there or self._opened(where)
        visitor = entered.enter(who, key, audio)
        closing = self._closing.pop(where, None)
        if closing is not None:
            closing.cancel()
        return entered, visitor

    def leave(self, room: TalkRoom, visitor: Visitor) -> None:
        room.leave(visitor)
        if not room.visitors and self._rooms.get(room.name) is room:
            closing = self._tasks.spawn(self._close_later(room), f"close room {room.name}")
            self._closing[room.name] = closing

    async def aclose(self) -> None:
        """Close all rooms."""
        await self._tasks.aclose()
        for room in self.rooms:
            await self._close(room)

    def _opened(self, name: str) -> TalkRoom:
        room = TalkRoom(name, self._make, self.agents, self._explained, self._clock)
        self._rooms[name] = room
        room.start()
        log.info("room %s of the talk page: opened", name)
        return room

    async def _close_later(self, room: TalkRoom) -> None:
        await asyncio.sleep(LINGER_S)
        if not room.visitors:
            self._closing.pop(room.name, None)
            await self._close(room)

    async def _close(self, room: TalkRoom) -> None:
        self._rooms.pop(room.name, None)
        await room.aclose()
        if self._on_closed is not None:
            await self._on_closed(room.id)
        log.info("room %s of the talk page: closed", room.name)
