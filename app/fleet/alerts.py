"""Tells agents and people of sensors that crossed a threshold, and agents of acknowledgements."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Self

from fleet.memory.bridge import MemoryBridge
from fleet.memory.commands import crossing_entries
from fleet.notify.messages import OpenMessage, People
from fleet.sensors.readings import Reading
from fleet.sensors.sampler import Sampler
from fleet.sensors.thresholds import Crossing, ThresholdWatch
from fleet.session_notices import SessionNotices
from fleet.settings import SensorSettings
from fleet.urgency import priority_of
from openclaw_client import CannotNow
from openclaw_client.node.tool_names import machine_name
from settings import Settings
from state import StateError
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_MOST_EARLY: Final = 100


class SensorAlerts:
    """Listens to the sampler and to the people; use it as an async context manager.

    It tells people, the log and the memory at once. A crossing before `attach` waits for it, and
    then reaches the agents.
    """

    def __init__(
        self, settings: Settings, sampler: Sampler, people: People, memory: MemoryBridge | None
    ) -> None:
        self.watch = ThresholdWatch(settings.fleet.sensors.thresholds)
        self._sensors = settings.fleet.sensors
        self._main_session = f"agent:{settings.openclaw.agent_id}:main"
        self._machine = machine_name(settings.openclaw.node)
        self._people = people
        self._memory = memory if settings.fleet.memory.crossings else None
        self._notices: SessionNotices | None = None
        self._early: deque[Crossing] = deque(maxlen=_MOST_EARLY)
        """Those that agents have not been told of, before `attach`."""
        self._tasks = OwnedTasks(log)
        sampler.on_readings(self._note)
        people.on_acknowledged(self._acknowledged)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tasks.aclose()

    def attach(self, notices: SessionNotices) -> None:
        """Tell agents by way of ``notices``."""
        self._notices = notices
        while self._early:
            told = self._tell_session(notices, self._early.popleft())
            self._tasks.spawn(told, "tell an agent of a sensor")

    def take(self, sensors: SensorSettings) -> None:
        """Have other thresholds, and tell another session, from now on."""
        self.watch.use(sensors.thresholds)
        self._sensors = sensors

    @property
    def _session_of_sensors(self) -> str:
        return self._sensors.session or self._main_session

    def _note(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            for crossing in self.watch.note(reading):
                log.info("sensors: %s", crossing.text)
                # Who speaks in a server's call is for that server, and no line that all may find.
                if self._memory is not None and reading.guild_id is None:
                    self._tasks.spawn(self._remember(self._memory, crossing), "remember a sensor")
                if crossing.threshold.tell:
                    self._tasks.spawn(self._tell_people(crossing), "tell people of a sensor")
                if self._notices is None:
                    self._early.append(crossing)
                else:
                    told = self._tell_session(self._notices, crossing)
                    self._tasks.spawn(told, "tell an agent of a sensor")

    async def _remember(self, memory: MemoryBridge, crossing: Crossing) -> None:
        try:
            await memory.remember(crossing_entries(self._machine, datetime.now(UTC), crossing.text))
        except StateError as error:
            log.error("it is not remembered that %s: %s", crossing.text, error)

    async def _tell_session(self, notices: SessionNotices, crossing: Crossing) -> None:
        threshold = crossing.threshold
        try:
            await notices.post(
                threshold.session or self._session_of_sensors,
                crossing.reading.sensor,
                crossing.reading.sensor,
                crossing.text,
                priority=priority_of(threshold.urgency),
            )
        except StateError as error:
            log.error("an agent is not told that %s: %s", crossing.text, error)

    async def _tell_people(self, crossing: Crossing) -> None:
        urgency = "normal" if crossing.back else crossing.threshold.urgency
        session = crossing.threshold.session or self._session_of_sensors
        try:
            await self._people.tell(crossing.text, urgency, session=session)
        except (CannotNow, StateError) as error:
            log.warning("no person is told that %s: %s", crossing.text, error)

    def _acknowledged(self, message: OpenMessage, by: str, how: str) -> None:
        if self._notices is not None:
            told = self._tell_agent(self._notices, message, f"{by} has acknowledged it {how}")
            self._tasks.spawn(told, "tell of an acknowledgement")

    async def _tell_agent(self, notices: SessionNotices, message: OpenMessage, what: str) -> None:
        session = message.session or self._session_of_sensors
        try:
            await notices.post(session, f"message.{message.id}", message.text, what)
        except StateError as error:
            log.error("an agent is not told that %s: %s", what, error)
