"""Reads all sources at an interval, and keeps their latest values.

Each source has a task of its own: one that hangs or fails costs only its own values, and is told
once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from typing import Final, Self, TypeAlias

from fleet.sensors.readings import NotifyingSource, Reading, SensorSource, SensorUnavailable
from openclaw_client.clock import Clock, sleep, time_limit
from tasks import OwnedTasks

log = logging.getLogger(__name__)

READ_TIMEOUT_S: Final = 5.0
SOONEST_S: Final = 0.5
"""Between two reads of a source whose values change often."""
MOST_READINGS: Final = 500
"""Of one source; further ones are left out."""
_MISSED: Final = 3
"""Intervals without a value after which a reading is no longer shown."""

OnReadings: TypeAlias = Callable[[Sequence[Reading]], None]


class Sampler:
    """The sensors of this machine; use it as an async context manager."""

    def __init__(
        self, sources: Iterable[SensorSource], interval_s: float, *, clock: Clock | None = None
    ) -> None:
        self.interval_s = interval_s
        self._sources = tuple(sources)
        self._given_clock = clock
        self._latest: dict[str, tuple[Reading, float]] = {}
        """Each reading with the clock's time at which it came."""
        self._owners: dict[str, int] = {}
        """The place of the source that has each sensor; the earliest one keeps the name."""
        self._told_doubles: set[tuple[str, str]] = set()
        self._problems: dict[str, str] = {}
        self._listeners: list[OnReadings] = []
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        for source in self._sources:
            self._tasks.spawn(self._watch(source), f"read the sensors of {source.name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    @property
    def _clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    @property
    def problems(self) -> dict[str, str]:
        """Why a source has no values, by its name."""
        return dict(self._problems)

    def latest(self) -> list[Reading]:
        """The newest value of every sensor that all may know, by name, without those that stopped
        to report."""
        return [reading for reading in self.everything() if reading.guild_id is None]

    def everything(self) -> list[Reading]:
        """The same with the sensors of single servers."""
        oldest = self._clock.time() - _MISSED * self.interval_s
        return [reading for _, (reading, came) in sorted(self._latest.items()) if came >= oldest]

    def on_readings(self, listener: OnReadings) -> None:
        """Call ``listener`` with the values of each source as they come. It must neither block nor
        raise."""
        self._listeners.append(listener)

    async def sample(self) -> None:
        """Read every source once."""
        await asyncio.gather(*(self._read(source) for source in self._sources))

    async def _watch(self, source: SensorSource) -> None:
        changed = asyncio.Event()
        async with AsyncExitStack() as resources:
            if isinstance(source, NotifyingSource):
                source.on_change = changed.set
                resources.callback(setattr, source, "on_change", None)
            if isinstance(source, AbstractAsyncContextManager) and not await self._enter(
                source, resources
            ):
                return
            while True:
                began = self._clock.time()
                changed.clear()
                await self._read(source)
                await sleep(self._clock, SOONEST_S)
                rest_s = began + self.interval_s - self._clock.time()
                with suppress(TimeoutError):
                    async with time_limit(self._clock, max(0.0, rest_s)):
                        await changed.wait()

    async def _enter(self, source: SensorSource, resources: AsyncExitStack) -> bool:
        assert isinstance(source, AbstractAsyncContextManager)
        try:
            await resources.enter_async_context(source)
        except SensorUnavailable as error:
            self._failed(source, str(error))
            return False
        except Exception as bug:
            self._failed(source, f"unexpected {type(bug).__name__}", bug)
            return False
        return True

    async def _read(self, source: SensorSource) -> None:
        try:
            async with time_limit(self._clock, READ_TIMEOUT_S):
                readings = await source.read()
            readings = tuple(readings)[:MOST_READINGS]
        except (SensorUnavailable, TimeoutError) as error:
            self._failed(source, str(error) or f"no answer within {READ_TIMEOUT_S:g} s")
            return
        except Exception as bug:
            self._failed(source, f"unexpected {type(bug).__name__}", bug)
            return
        if self._problems.pop(source.name, None) is not None:
            log.info("the sensors of %s can be read again", source.name)
        now = self._clock.time()
        readings = self._own(source, readings)
        for reading in readings:
            self._latest[reading.sensor] = reading, now
        for listener in self._listeners:
            listener(readings)

    def _own(self, source: SensorSource, readings: Sequence[Reading]) -> tuple[Reading, ...]:
        """The readings without those whose sensor an earlier source has: a topic of MQTT must not
        stand for the machine's own sensor, whichever is read first."""
        own: list[Reading] = []
        place = self._sources.index(source)
        for reading in readings:
            if place <= self._owners.get(reading.sensor, place):
                self._owners[reading.sensor] = place
                own.append(reading)
            elif (source.name, reading.sensor) not in self._told_doubles:
                self._told_doubles.add((source.name, reading.sensor))
                log.warning(
                    "the sensor %s of %s is left out: %s has one of that name",
                    reading.sensor,
                    source.name,
                    self._sources[self._owners[reading.sensor]].name,
                )
        return tuple(own)

    def _failed(self, source: SensorSource, why: str, bug: Exception | None = None) -> None:
        """Keep why a source has no values, and tell it once."""
        if self._problems.get(source.name) != why:
            log.warning("the sensors of %s cannot be read: %s", source.name, why, exc_info=bug)
        self._problems[source.name] = why
