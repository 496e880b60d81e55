"""Old lines of memory are removed after `fleet.memory.keep_days`."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Self

from fleet.memory.forgetting import Forgetting
from openclaw_client.clock import Clock, sleep
from state import StateError
from tasks import OwnedTasks

log = logging.getLogger(__name__)

EVERY_S: Final = 6 * 3_600.0


class Retention:
    """Has lines older than ``days`` removed from one memory while it is open; 0 keeps all."""

    def __init__(
        self, forgetting: Forgetting | None, place: str, days: int, clock: Clock | None = None
    ) -> None:
        self._forgetting = forgetting
        self._place = place
        self._days = days
        self._given_clock = clock
        self._tasks = OwnedTasks(log)

    async def __aenter__(self) -> Self:
        if self._forgetting is not None and self._days:
            self._tasks.spawn(self._remove_old(self._forgetting), "remove old lines of memory")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    async def _remove_old(self, forgetting: Forgetting) -> None:
        clock = self._given_clock or asyncio.get_running_loop()
        while True:
            try:
                await forgetting.forget_older(self._days, self._place)
            except StateError as error:
                log.error("old lines of the agent's memory stay for now: %s", error)
            await sleep(clock, EVERY_S)
