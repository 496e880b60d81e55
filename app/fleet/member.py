"""What a node does beside Discord: its sensors, and the queue of what it has to tell."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from app.fleet.jobs import Jobs, job_command_names, jobs_of
from app.fleet.memory import memory_bridge, note_crossing
from app.fleet.sensors import sources_of
from fleet.memory.bridge import MemoryBridge
from fleet.memory.commands import MemoryCommands
from fleet.notify.commands import HumanCommands
from fleet.notify.messages import OpenMessage, People
from fleet.outbox import Outbox, ParcelPriority
from fleet.overview.commands import StatusCommand
from fleet.sensors.commands import SensorCommands
from fleet.sensors.prompt_push import PromptPush
from fleet.sensors.readings import Reading, SensorSource
from fleet.sensors.rooms import RoomSource
from fleet.sensors.sampler import Sampler
from fleet.sensors.thresholds import Crossing, ThresholdWatch
from fleet.session_notices import SessionNotices
from fleet.settings import SensorSettings
from openclaw_client import CannotNow, GatewayNode
from openclaw_client.node.commands import NodeCommand
from openclaw_client.node.tool_names import machine_name
from settings import Settings
from state import StateError
from tasks import OwnedTasks

log = logging.getLogger(__name__)

OUTBOX_FOLDER: Final = "outbox"
_PRIORITIES: Final = {
    "low": ParcelPriority.LOW,
    "normal": ParcelPriority.NORMAL,
    "high": ParcelPriority.HIGH,
    "critical": ParcelPriority.CRITICAL,
}


def offered_commands(settings: Settings, *, discord: bool) -> list[str]:
    """The names of the commands that this machine declares, with or without a bot on Discord."""
    return [
        name
        for name in settings.openclaw.node.commands
        if (discord or not name.startswith("voice."))
        and (settings.fleet.notify.recipients or name != "human.notify")
        and (not name.startswith(("job.", "container.")) or name in job_command_names(settings))
        and (settings.fleet.memory.enabled or not name.startswith("memory."))
    ]


class FleetMember:
    """This machine's part; `fleet_member` makes it. `attach` connects it to the node."""

    def __init__(
        self,
        settings: Settings,
        sampler: Sampler,
        outbox: Outbox,
        people: People,
        jobs: Jobs,
        rooms: RoomSource,
        memory: MemoryBridge | None = None,
    ) -> None:
        self.memory = memory
        self._machine = machine_name(settings.openclaw.node)
        self._crossings = settings.fleet.memory.crossings
        self.sampler = sampler
        self.rooms = rooms
        self.prompts = PromptPush(
            sampler, machine_name(settings.openclaw.node), settings.fleet.sensors.in_prompts
        )
        self.outbox = outbox
        self.people = people
        self.jobs = jobs
        self._sensors = settings.fleet.sensors
        self._main_session = f"agent:{settings.openclaw.agent_id}:main"
        self._watch = ThresholdWatch(self._sensors.thresholds)
        self._notices: SessionNotices | None = None
        self._tasks = OwnedTasks(log)
        sampler.on_readings(self._note)
        people.on_acknowledged(self._acknowledged)

    def commands(self) -> list[NodeCommand]:
        """What it adds to the commands of the node."""
        people = HumanCommands(self.people).all() if self.people.settings.recipients else []
        memory: list[NodeCommand] = []
        if self.memory is not None:
            memory = MemoryCommands(self.memory, self._machine, self.sampler.latest).all()
        return [
            *SensorCommands(self.sampler, self.rooms.may_know).all(),
            *people,
            *StatusCommand(self._watch, self.people, self.outbox).all(),
            *memory,
            *self.jobs.commands(),
        ]

    def attach(self, node: GatewayNode) -> None:
        """Tell the Gateway through this node."""
        self._notices = SessionNotices(self.outbox, node.send_event)
        self.jobs.attach(self._notices, node.audit)
        node.on_connected(self.outbox.wake)

    def readings_for_turns(self, guild_id: int | None = None) -> dict[str, str]:
        """The latest readings that every turn of a server's call carries, by their sensors."""
        if not self._sensors.in_turns:
            return {}
        return {
            reading.sensor: reading.text
            for reading in self.sampler.everything()
            if reading.guild_id in (None, guild_id)
            and any(fnmatchcase(reading.sensor, pattern) for pattern in self._sensors.in_turns)
        }

    def take(self, sensors: SensorSettings) -> None:
        """Have other thresholds, and other readings in turns, from now on."""
        self._watch.use(sensors.thresholds)
        self._sensors = sensors

    @property
    def _session_of_sensors(self) -> str:
        return self._sensors.session or self._main_session

    async def close(self) -> None:
        """End what is being queued."""
        await self._tasks.aclose()

    def _note(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            for crossing in self._watch.note(reading):
                log.info("sensors: %s", crossing.text)
                if self.memory is not None and self._crossings:
                    noted = note_crossing(self.memory, self._machine, crossing.text)
                    self._tasks.spawn(noted, "remember a sensor")
                if self._notices is not None:
                    self._tasks.spawn(self._tell(self._notices, crossing), "tell of a sensor")

    async def _tell(self, notices: SessionNotices, crossing: Crossing) -> None:
        threshold = crossing.threshold
        try:
            if threshold.tell:
                await self._tell_people(crossing)
            await notices.post(
                threshold.session or self._session_of_sensors,
                crossing.reading.sensor,
                crossing.reading.sensor,
                crossing.text,
                priority=_PRIORITIES[threshold.urgency],
            )
        except StateError as error:
            log.error("an agent is not told that %s: %s", crossing.text, error)

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

    async def _tell_people(self, crossing: Crossing) -> None:
        urgency = "normal" if crossing.back else crossing.threshold.urgency
        session = crossing.threshold.session or self._session_of_sensors
        try:
            await self.people.tell(crossing.text, urgency, session=session)
        except CannotNow as error:
            log.warning("no person is told that %s: %s", crossing.text, error)


@asynccontextmanager
async def fleet_member(
    settings: Settings, folder: Path, sources: Sequence[SensorSource] = ()
) -> AsyncIterator[FleetMember]:
    """Run the sensors and the queue while the body runs. ``folder`` is that of the state;
    ``sources`` are read beside those of the settings.

    Raises:
        StateError: the queue's folder cannot be used.
    """
    found = sources_of(settings.fleet.sensors, sources)
    async with Outbox(folder / OUTBOX_FOLDER) as outbox:
        sampler = Sampler(found.all, settings.fleet.sensors.interval_s)
        machine = machine_name(settings.openclaw.node)
        people = People(settings.fleet.notify, outbox, folder, machine=machine)
        jobs = jobs_of(settings, folder)
        memory = await memory_bridge(settings, outbox, folder)
        member = FleetMember(settings, sampler, outbox, people, jobs, found.rooms, memory)
        try:
            async with people, sampler, jobs, member.prompts:
                yield member
        finally:
            await member.close()
