"""What a node does beside Discord: its sensors, and the queue of what it has to tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from app.fleet.alerts import SensorAlerts
from app.fleet.jobs import Jobs, job_command_names, jobs_of
from app.fleet.memory import Memories, offers_memory
from app.fleet.sensors import sources_of
from fleet.memory.commands import MemoryCommands
from fleet.notify.answers import ChannelAnswers
from fleet.notify.commands import HumanCommands
from fleet.notify.messages import People
from fleet.outbox import Outbox
from fleet.overview.commands import StatusCommand
from fleet.sensors.commands import SensorCommands
from fleet.sensors.prompt_push import PromptPush
from fleet.sensors.readings import SensorSource
from fleet.sensors.rooms import RoomSource
from fleet.sensors.sampler import Sampler
from fleet.session_notices import SessionNotices
from fleet.settings import SensorSettings
from openclaw_client import GatewayNode, PerGuildOpenClawClient
from openclaw_client.node.commands import NodeCommand
from openclaw_client.node.tool_names import machine_name
from pipeline.language.spoken_answers import is_acknowledged
from settings import Settings

OUTBOX_FOLDER: Final = "outbox"


def offered_commands(settings: Settings, *, discord: bool) -> list[str]:
    """The names of the commands that this machine declares, with or without a bot on Discord."""
    return [
        name
        for name in settings.openclaw.node.commands
        if (discord or not name.startswith("voice."))
        and (settings.fleet.notify.recipients or name != "human.notify")
        and (not name.startswith(("job.", "container.")) or name in job_command_names(settings))
        and (offers_memory(settings) or not name.startswith("memory."))
    ]


class FleetMember:
    """This machine's part; `fleet_member` makes it. `attach` connects it to the node, and
    `with_operator` to what only an operator's connection may do."""

    def __init__(
        self,
        settings: Settings,
        sampler: Sampler,
        outbox: Outbox,
        people: People,
        jobs: Jobs,
        rooms: RoomSource,
        memories: Memories,
    ) -> None:
        self.sampler = sampler
        self.outbox = outbox
        self.people = people
        self.jobs = jobs
        self.rooms = rooms
        self.memories = memories
        self.memory = memories.bridge
        self._offers_memory = offers_memory(settings)
        self._machine = machine_name(settings.openclaw.node)
        desired = settings.fleet.desired_state
        self._bot_id = "" if desired.url is None else desired.bot or self._machine
        self._in_turns = tuple(settings.fleet.sensors.in_turns)
        self.prompts = PromptPush(sampler, self._machine, settings.fleet.sensors.in_prompts)
        self.alerts = SensorAlerts(settings, sampler, people, self.memory)

    def commands(self) -> list[NodeCommand]:
        """What it adds to the commands of the node."""
        people, memory = self.people, self.memory
        latest = self.sampler.latest
        return [
            *SensorCommands(self.sampler, self.rooms.may_know).all(),
            *(HumanCommands(people).all() if people.settings.recipients else ()),
            *StatusCommand(
                self.alerts.watch, people, self.outbox, self.rooms.may_know, self._bot_id
            ).all(),
            *(
                MemoryCommands(memory, self._machine, latest, self._guild_of_channel).all()
                if memory is not None and self._offers_memory
                else ()
            ),
            *self.jobs.commands(),
        ]

    def _guild_of_channel(self, channel_id: int) -> int | None:
        rooms = self.rooms.rooms
        return None if rooms is None else rooms.guild_of_channel(channel_id)

    def attach(self, node: GatewayNode) -> None:
        """Tell the Gateway through this node."""
        notices = SessionNotices(self.outbox, node.send_event)
        self.alerts.attach(notices)
        self.jobs.attach(notices, node.audit)
        node.on_connected(self.outbox.wake)

    @asynccontextmanager
    async def with_operator(self, client: PerGuildOpenClawClient) -> AsyncIterator[None]:
        """Write to channels, hear their answers, remember and feed prompts over an operator's
        connection. It must stay open until the body has ended."""
        self.people.ways.send = client.send_to_channel
        self.memories.connect(client)
        self.prompts.request = client.request
        answers = ChannelAnswers(self.people, client, is_acknowledged)
        try:
            yield
        finally:
            await answers.close()

    def readings_for_turns(self, guild_id: int | None = None) -> dict[str, str]:
        """The latest readings that every turn of a server's call carries, by their sensors."""
        if not self._in_turns:
            return {}
        return {
            reading.sensor: reading.text
            for reading in self.sampler.everything()
            if reading.guild_id in (None, guild_id)
            and any(fnmatchcase(reading.sensor, pattern) for pattern in self._in_turns)
        }

    def take(self, sensors: SensorSettings) -> None:
        """Have other thresholds, and other readings in turns, from now on."""
        self.alerts.take(sensors)
        self._in_turns = tuple(sensors.in_turns)


@asynccontextmanager
async def fleet_member(
    settings: Settings, folder: Path, sources: Sequence[SensorSource] = ()
) -> AsyncIterator[FleetMember]:
    """Run the sensors and the queue while the body runs. ``folder`` is that of the state;
    ``sources`` are read beside those of the settings.

    Raises:
        StateError: the queue's folder cannot be used.
    """
    member = idle_member(settings, folder, sources)
    async with (
        member.outbox,
        member.memories.serve(),
        member.alerts,
        member.people,
        member.sampler,
        member.jobs,
        member.prompts,
    ):
        yield member


def idle_member(
    settings: Settings, folder: Path, sources: Sequence[SensorSource] = ()
) -> FleetMember:
    """One that does nothing and writes nothing: it shows what this machine would offer."""
    found = sources_of(settings.fleet.sensors, sources)
    outbox = Outbox(folder / OUTBOX_FOLDER)
    sampler = Sampler(found.all, settings.fleet.sensors.interval_s)
    machine = machine_name(settings.openclaw.node)
    people = People(settings.fleet.notify, outbox, folder, machine=machine)
    jobs, memories = jobs_of(settings, folder), Memories(settings, outbox, folder)
    return FleetMember(settings, sampler, outbox, people, jobs, found.rooms, memories)
