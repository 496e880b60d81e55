"""Readings for the prompts of any session, by the Gateway's plugin (docs/plugin.md).

OpenClaw itself takes no readings from clients. Where the plugin is missing, the log tells it once.
It is tried again after some minutes, because a plugin can be loaded while the Gateway runs.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, Self, TypeAlias

from fleet.refusals import is_unknown_method
from fleet.sensors.readings import Reading
from fleet.sensors.sampler import Sampler
from openclaw_client.clock import Clock, sleep
from openclaw_client.errors import OpenClawError, RequestFailed
from openclaw_client.turn_text import clean_words
from tasks import OwnedTasks

log = logging.getLogger(__name__)

PUSH: Final = "openclaw-voice.sensors.push"
SOONEST_S: Final = 2.0
"""Between two pushes."""
WITHOUT_PLUGIN_S: Final = 300.0
MOST_READINGS: Final = 100
"""That the plugin takes of one machine."""
_LONGEST_TEXT: Final = 120
_LONGEST_NAME: Final = 100
_LONGEST_MACHINE: Final = 60

Request: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Requests a method over an operator's connection; raises `OpenClawError`."""


class PromptPush:
    """Pushes the sensors that ``patterns`` name; use it as an async context manager."""

    def __init__(
        self,
        sampler: Sampler,
        machine: str,
        patterns: Sequence[str],
        *,
        clock: Clock | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.request: Request | None = None
        """None until there is an operator's connection."""
        self._sampler = sampler
        self._machine = clean_words(machine)[:_LONGEST_MACHINE] or "node"
        self._patterns = tuple(patterns)
        self._given_clock = clock
        self._wall = wall
        self._changed = asyncio.Event()
        self._told = ""
        self._tasks = OwnedTasks(log)
        if patterns:
            sampler.on_readings(lambda _: self._changed.set())

    async def __aenter__(self) -> Self:
        if self._patterns:
            self._tasks.spawn(self._run(), "push readings for prompts")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    def chosen(self) -> list[Reading]:
        """The latest readings that prompts carry. Those of single servers never do."""
        return [
            reading
            for reading in self._sampler.latest()
            if any(fnmatchcase(reading.sensor, pattern) for pattern in self._patterns)
        ][:MOST_READINGS]

    async def _run(self) -> None:
        clock = self._given_clock or asyncio.get_running_loop()
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            await sleep(clock, await self._push())

    async def _push(self) -> float:
        """Push once; returns the seconds until the next time."""
        if self.request is None:
            return SOONEST_S
        now = self._wall()
        readings = [_params(each, now) for each in self.chosen()]
        try:
            await self.request(PUSH, {"node": self._machine, "readings": readings})
        except RequestFailed as refused:
            return self._refused(refused)
        except OpenClawError as error:
            log.debug("readings for prompts were not sent: %s", error)
            return SOONEST_S
        if self._told:
            log.info("prompts carry the sensors of fleet.sensors.in_prompts again")
            self._told = ""
        return SOONEST_S

    def _refused(self, refused: RequestFailed) -> float:
        missing = is_unknown_method(refused)
        why = (
            "the Gateway does not have the plugin openclaw-voice (docs/plugin.md)"
            if missing
            else str(refused)
        )
        if why != self._told:
            log.warning("prompts do not carry the sensors of fleet.sensors.in_prompts: %s", why)
            self._told = why
        return WITHOUT_PLUGIN_S if missing else SOONEST_S


def _params(reading: Reading, now: float) -> dict[str, Any]:
    return {
        "sensor": clean_words(reading.sensor)[:_LONGEST_NAME] or "sensor",
        "text": clean_words(reading.text)[:_LONGEST_TEXT] or "-",
        "ageMs": min(86_400_000, max(0, round(1000 * (now - reading.at)))),
    }
