"""Reads all sources at an interval, and keeps their latest values."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Self, TypeAlias

from fleet.sensors.readings import Reading, SensorSource, SensorUnavailable
from openclaw_client.clock import Clock, sleep, time_limit
from tasks import OwnedTasks

log = logging.getLogger(__name__)

READ_TIMEOUT_S: Final = 5.0
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
        self._problems: dict[str, str] = {}
        self._listeners: list[OnReadings] = []
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        self._tasks.spawn(self._run(), "read the sensors")
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
        """The newest value of every sensor, by name, without those that stopped to report."""
        oldest = self._clock.time() - _MISSED * self.interval_s
        return [reading for _, (reading, came) in sorted(self._latest.items()) if came >= oldest]

    def on_readings(self, listener: OnReadings) -> None:
        """Call ``listener`` with the values of each source as they come. It must neither block nor
        raise."""
        self._listeners.append(listener)

    async def sample(self) -> None:
        """Read every source once."""
        await asyncio.gather(*(self._read(source) for source in self._sources))

    async def _run(self) -> None:
        while True:
            began = self._clock.time()
            await self.sample()
            await sleep(self._clock, max(0.0, began + self.interval_s - self._clock.time()))

    async def _read(self, source: SensorSource) -> None:
        try:
            async with time_limit(self._clock, READ_TIMEOUT_S):
                readings = await source.read()
        except (SensorUnavailable, TimeoutError) as error:
            why = str(error) or f"no answer within {READ_TIMEOUT_S:g} s"
            if self._problems.get(source.name) != why:
                log.warning("the sensors of %s cannot be read: %s", source.name, why)
            self._problems[source.name] = why
            return
        except Exception as bug:
            self._problems[source.name] = f"unexpected {type(bug).__name__}"
            log.exception("the sensors of %s failed unexpectedly", source.name)
            return
        if self._problems.pop(source.name, None) is not None:
            log.info("the sensors of %s can be read again", source.name)
        now = self._clock.time()
        for reading in readings:
            self._latest[reading.sensor] = reading, now
        for listener in self._listeners:
            listener(readings)
