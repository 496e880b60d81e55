"""A queue on disk for what goes to the Gateway: it outlives an outage and a restart.

Each parcel is a file of JSON in one folder, written before `Outbox.put` returns and removed after
its delivery. Parcels of one lane are delivered in order, one at a time; lanes do not wait for each
other. A failed delivery is repeated after 5 to 60 s, and at once when the connection is back
(`Outbox.wake`). The queue is bounded: beyond that the oldest parcel of the lowest priority is
dropped and counted.

A crash between a delivery and the removal of its file repeats the delivery. So the id of a parcel
stays the same, and a delivery function hands it on as the idempotency key where there is one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from backoff import Backoff
from openclaw_client.clock import Clock, time_limit
from state import StateError, read_state, write_state
from tasks import OwnedTasks, uninterrupted

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 5.0
LONGEST_RETRY_S: Final = 60.0
MOST_PARCELS: Final = 5_000
MOST_BYTES: Final = 50_000_000
"""Of all parcels together, as files."""
MOST_PARCEL_BYTES: Final = 1_000_000
_ATTEMPTS_AFTER_BUGS: Final = 5
"""Deliveries of one parcel that may fail unexpectedly before it is dropped."""
_SUFFIX: Final = ".json"


class ParcelPriority(IntEnum):
    """The order in which parcels are given up when the queue is full."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


class DeliverLater(Exception):
    """The delivery may succeed later, after ``retry_after_s`` if the other side asked for that."""

    def __init__(self, why: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Undeliverable(Exception):
    """This parcel will never be delivered; the text says why."""


class Parcel(BaseModel):
    """What is to be delivered. ``payload`` is JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: str
    kind: str
    lane: str = ""
    priority: ParcelPriority = ParcelPriority.NORMAL
    created_at: float = Field(default_factory=time.time)
    """Unix time in seconds."""
    payload: dict[str, Any] = Field(default_factory=dict)


Deliver: TypeAlias = Callable[[Parcel], Awaitable[None]]
"""Delivers one parcel; raises `DeliverLater` or `Undeliverable`."""


@dataclass(slots=True)
class _Stored:
    """A parcel with the number of its file, and the file's size."""

    number: int
    parcel: Parcel
    size: int
    failures: int = 0
    under_way: bool = False


class Outbox:
    """The queue of one process; use it as an async context manager. Its folder is its own.

    ``counts`` has the numbers of ``delivered``, ``dropped`` (the queue was full), ``refused``
    (undeliverable) and ``repeated`` deliveries.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most: int = MOST_PARCELS,
        most_bytes: int = MOST_BYTES,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self._most, self._most_bytes = most, most_bytes
        self._given_clock = clock
        self._chance = chance
        self._stored: dict[int, _Stored] = {}
        self._next_number = 1
        self._deliver: dict[str, Deliver] = {}
        self._lanes: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._writing = asyncio.Lock()
        self._tasks = OwnedTasks(log)
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    @property
    def waiting(self) -> int:
        """The number of parcels that are not delivered yet."""
        return len(self._stored)

    async def __aenter__(self) -> Self:
        """
        Raises:
            StateError: the folder cannot be made or read.
        """
        self._stored = {each.number: each for each in await asyncio.to_thread(self._load)}
        self._next_number = max(self._stored, default=0) + 1
        if self._stored:
            log.info("%d messages wait for the Gateway since the last run", len(self._stored))
            self._idle.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    def register(self, kind: str, deliver: Deliver) -> None:
        """Deliver the parcels of that kind by ``deliver``, also those of earlier runs."""
        self._deliver[kind] = deliver
        for stored in list(self._stored.values()):
            if stored.parcel.kind == kind:
                self._serve_lane(stored.parcel)

    async def put(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        lane: str = "",
        priority: ParcelPriority = ParcelPriority.NORMAL,
        ident: str | None = None,
    ) -> str | None:
        """Queue a parcel; it is on the disk when this returns. Returns its id, or None if the queue
        is full of parcels of higher priority. An id that waits already is not queued again.

        Raises:
            ValueError: the payload is no JSON, or has more than `MOST_PARCEL_BYTES`.
            StateError: the disk does not take it.
        """
        parcel = Parcel(
            id=ident or uuid.uuid4().hex, kind=kind, lane=lane, priority=priority, payload=payload
        )
        content = _as_file(parcel)
        if len(content) > MOST_PARCEL_BYTES:
            raise ValueError(f"a message of {len(content)} bytes; at most {MOST_PARCEL_BYTES}")
        async with self._writing:
            if any(each.parcel.id == parcel.id for each in self._stored.values()):
                return parcel.id
            if not await self._make_room(parcel, len(content)):
                return None
            number, self._next_number = self._next_number, self._next_number + 1
            await asyncio.to_thread(write_state, self._file(number), content)
            self._stored[number] = _Stored(number, parcel, len(content))
        self._idle.clear()
        self._serve_lane(parcel)
        return parcel.id

    async def revise(
        self, kind: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]
    ) -> int:
        """Replace the payload of every parcel of that kind that waits by what ``change`` returns,
        or drop it for None; returns how many were changed. One that is being delivered stays.

        Raises:
            StateError: the disk does not take it; the parcel comes back at the next start.
        """
        changed = 0
        async with self._writing:
            for stored in [each for each in self._stored.values() if each.parcel.kind == kind]:
                if stored.under_way or stored.number not in self._stored:
                    continue
                payload = change(stored.parcel.payload)
                if payload == stored.parcel.payload:
                    continue
                changed += 1
                if payload is None:
                    await self._remove(stored)
                    continue
                parcel = stored.parcel.model_copy(update={"payload": payload})
                content = _as_file(parcel)
                stored.parcel, stored.size = parcel, len(content)
                await asyncio.to_thread(write_state, self._file(stored.number), content)
                if stored.number not in self._stored:  # delivered meanwhile
                    await self._remove(stored)
        return changed

    def wake(self) -> None:
        """Try all deliveries now: the connection is back."""
        self._woken.set()
        self._woken.clear()

    async def empty(self) -> None:
        """Wait until every parcel is delivered or dropped."""
        await self._idle.wait()

    # -- the folder -------------------------------------------------------------------------

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:012d}{_SUFFIX}"

    def _load(self) -> list[_Stored]:
        """Every readable parcel, oldest first; an unreadable file is put aside."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            names = sorted(each.name for each in self.folder.iterdir())
        except OSError as error:
            raise StateError(
                f"{self.folder} cannot be used for what waits for the Gateway "
                f"({error.strerror or error}): make it writable"
            ) from error
        found = []
        for name in names:
            stem, dot, suffix = name.partition(".")
            if not (stem.isdigit() and dot + suffix == _SUFFIX):
                continue
            path = self.folder / name
            parcel = read_state(path, Parcel.model_validate_json)
            if parcel is not None:
                found.append(_Stored(int(stem), parcel, path.stat().st_size))
        return found

    async def _make_room(self, parcel: Parcel, size: int) -> bool:
        """Drop the oldest of the lowest priority until the parcel fits; False to drop it itself."""
        while True:
            total = sum(each.size for each in self._stored.values())
            if len(self._stored) < self._most and total + size <= self._most_bytes:
                return True
            candidates = [each for each in self._stored.values() if not each.under_way]
            least = min(candidates, key=_given_up_first, default=None)
            if least is None or least.parcel.priority > parcel.priority:
                self._count_dropped(parcel)
                return False
            self._count_dropped(least.parcel)
            await self._remove(least)

    def _count_dropped(self, parcel: Parcel) -> None:
        self.counts["dropped"] += 1
        log.warning(
            "too much waits for the Gateway: a message of the kind %s was dropped (%d so far)",
            parcel.kind,
            self.counts["dropped"],
        )

    async def _remove(self, stored: _Stored) -> None:
        self._stored.pop(stored.number, None)
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(self._file(stored.number).unlink)
        if not self._stored:
            self._idle.set()

    # -- delivery ---------------------------------------------------------------------------

    def _serve_lane(self, parcel: Parcel) -> None:
        key = (parcel.kind, parcel.lane)
        if parcel.kind not in self._deliver or key in self._lanes:
            return
        task = self._tasks.spawn(self._deliver_lane(key), f"outbox lane {parcel.kind}")
        self._lanes[key] = task

    def _first_of(self, key: tuple[str, str]) -> _Stored | None:
        return next(
            (each for each in self._stored.values() if (each.parcel.kind, each.parcel.lane) == key),
            None,
        )

    async def _deliver_lane(self, key: tuple[str, str]) -> None:
        backoff = Backoff(FIRST_RETRY_S, LONGEST_RETRY_S, self._chance)
        try:
            while (stored := self._first_of(key)) is not None:
                try:
                    await self._deliver_one(stored)
                    backoff.reset()
                except DeliverLater as later:
                    self.counts["repeated"] += 1
                    log.debug("%s: %s", stored.parcel.kind, later)
                    await self._wait(backoff.next_s(later.retry_after_s))
        finally:
            self._lanes.pop(key, None)

    async def _deliver_one(self, stored: _Stored) -> None:
        """
        Raises:
            DeliverLater: it is to be repeated.
        """
        stored.under_way = True
        try:
            await self._deliver[stored.parcel.kind](stored.parcel)
            self.counts["delivered"] += 1
        except DeliverLater:
            raise
        except Undeliverable as never:
            self.counts["refused"] += 1
            log.warning("a message of the kind %s was not taken: %s", stored.parcel.kind, never)
        except Exception as bug:
            stored.failures += 1
            log.exception("the delivery of %s failed unexpectedly", stored.parcel.kind)
            if stored.failures < _ATTEMPTS_AFTER_BUGS:
                raise DeliverLater(f"unexpected {type(bug).__name__}") from bug
            self.counts["refused"] += 1
        finally:
            stored.under_way = False
        await uninterrupted(self._remove(stored))

    async def _wait(self, seconds: float) -> None:
        """Until the time is over, or `wake` is called."""
        with contextlib.suppress(TimeoutError):
            async with time_limit(self.clock, seconds):
                await self._woken.wait()


def _as_file(parcel: Parcel) -> bytes:
    return json.dumps(parcel.model_dump(mode="json"), ensure_ascii=True).encode()


def _given_up_first(stored: _Stored) -> tuple[int, int]:
    return stored.parcel.priority, stored.number
