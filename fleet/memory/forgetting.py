"""Wishes to forget, on their way to every memory that this machine has written.

A wish is queued on disk, one for each memory, and has its own lane: it does not wait behind lines.
The memory keeps it (`fleet.memory.wishes`), so that lines which other machines have queued are left
out when they come. A memory that the settings no longer name still gets the wishes of members.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fleet.memory.entries import OBSERVATION, READINGS, TRANSCRIPT
from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.store import MemoryStore
from fleet.memory.wishes import is_forgotten, wish
from fleet.outbox import DeliverLater, Outbox, Parcel, ParcelPriority, Undeliverable
from logs import FaultLog
from state import StateError

log = logging.getLogger(__name__)

KIND: Final = "memory-wish"
LINES_KIND: Final = "memory"
"""The parcels with lines, from which wishes take what waits (`fleet.memory.bridge`)."""
KINDS_OF_LINES: Final = (TRANSCRIPT, OBSERVATION, READINGS)
_DAY_S: Final = 86_400.0


class Wish(BaseModel):
    """A wish as it is queued: tags, the moment, and the memory that it is for."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tags: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    at: float
    place: str


class Forgetting:
    """Carries wishes out in all of the ``stores``, which are named by place.

    ``counts`` has the number of lines that were ``removed``. ``wall`` is Unix time in seconds.
    """

    def __init__(
        self,
        outbox: Outbox,
        stores: Mapping[str, MemoryStore],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.stores = stores
        self.counts: Counter[str] = Counter()
        self._outbox = outbox
        self._wall = wall
        self._wishes: dict[tuple[str, ...], int] = {}
        """Those of this run."""
        self._faults = FaultLog(log)

    def start(self) -> None:
        """Begin to deliver, also what earlier runs queued."""
        self._outbox.register(KIND, self._deliver)

    async def forget(self, tags: Sequence[str]) -> None:
        """Remove the lines that were said until now and whose ids have all of the tags: those that
        wait here at once, those in the files as soon as these can be reached, and those that other
        machines have queued when they come.

        Raises:
            StateError: the disk does not take it.
        """
        at = self._wall()
        self._wishes |= wish(tags, at)
        for place in self.stores:
            await self._queue(tags, at, place)
        await self._outbox.revise(LINES_KIND, lambda payload: _without(payload, tags, at))

    def forgets(self, ident: str, text: str) -> bool:
        """Whether a wish of this run holds for a line."""
        return is_forgotten(ident, text, self._wishes)

    async def forget_older(self, days: int, place: str) -> None:
        """Remove the lines of every machine that are older than so many days from one memory.

        Raises:
            StateError: the disk does not take it.
        """
        at = self._wall() - days * _DAY_S
        for kind in KINDS_OF_LINES:
            await self._queue((kind,), at, place)

    async def _queue(self, tags: Sequence[str], at: float, place: str) -> None:
        """One that waits for the same tags becomes the later one, so that no member can fill the
        queue with wishes."""
        wanted = Wish(tags=tuple(tags), at=at, place=place).model_dump(mode="json")
        waits = False

        def later(payload: dict[str, Any]) -> dict[str, Any]:
            nonlocal waits
            if {**payload, "at": at} != wanted:
                return payload
            waits = True
            return wanted

        await self._outbox.revise(KIND, later)
        if waits:
            return
        kept = await self._outbox.put(KIND, wanted, lane=place, priority=ParcelPriority.CRITICAL)
        if kept is None:
            raise StateError("the queue on disk is full: a wish to forget is not kept")

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            wanted = Wish.model_validate(parcel.payload)
        except ValidationError as error:
            raise Undeliverable(f"it is no wish of this version: {error}") from None
        store = self.stores.get(wanted.place)
        if store is None:
            raise Undeliverable(f"the memory {wanted.place} is no longer known")
        try:
            removed = await store.forget(wanted.tags, wanted.at)
        except MemoryUnwritable as later:
            self._faults.tell(logging.WARNING, "a wish to forget waits: %s", later)
            raise DeliverLater(str(later), retry_after_s=later.retry_after_s) from later
        except MemoryRefused as never:
            log.error("a wish to forget was not taken: %s", never)
            raise Undeliverable(str(never)) from never
        self.counts["removed"] += removed
        log.info("%d lines were removed from the agent's memory, as was asked", removed)


def _without(payload: dict[str, Any], tags: Sequence[str], at: float) -> dict[str, Any] | None:
    """Queued lines without those that a wish forgets; None if there are no others."""
    lines = payload.get("lines")
    if payload.get("op") != "append" or not isinstance(lines, list):
        return payload
    wanted = wish(tags, at)
    left = [
        each
        for each in lines
        if not is_forgotten(str(each.get("id", "")), str(each.get("text", "")), wanted)
    ]
    if len(left) == len(lines):
        return payload
    return {**payload, "lines": left} if left else None
