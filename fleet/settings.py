"""The settings of what a machine does in a fleet."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from fleet.desired_state.settings import DesiredStateSettings
from fleet.jobs.settings import JobSettings
from fleet.memory.settings import MemorySettings
from fleet.notify.settings import NotifySettings
from fleet.overview.settings import OverviewSettings
from fleet.reconciler.settings import ReconcilerSettings
from fleet.sensors.settings import GpioSettings, MqttSettings
from fleet.sensors.sources import check_name
from fleet.sensors.thresholds import Threshold
from fleet.supervision.settings import SupervisionSettings
from openclaw_client.session_keys import check_session_key

SOURCES: Final = ("machine", "gpu")


class SensorSettings(BaseModel):
    """Readings of this machine for agents."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sources: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = SOURCES
    """What is read: `machine` (CPU, memory, disk), `gpu` (NVIDIA GPUs), and `rooms` (for each call
    the number of people, who speaks, the level of the microphones). Other packages add theirs by
    name, or as `my_package.my_module:make_source`. Agents see them by the node's tools
    `list_sensors` and `read_sensor`; those of `rooms` only in sessions of the call's server."""
    interval_s: Annotated[float, Field(ge=1, le=3600)] = 10.0
    """Seconds between two readings."""
    thresholds: tuple[Threshold, ...] = ()
    """When a reading is told to an agent by itself, such as `{sensor: "gpu*.temperature", above:
    85, clear: 80, for_s: 30}`. It is told once, and once more when the value is back."""
    session: str = ""
    """Session key of the agent that is told of thresholds, such as `agent:jarvis:main`. Empty tells
    the main session of `openclaw.agent_id`. The line is in the session's next turn; with heartbeats
    on, OpenClaw begins a turn by itself."""
    in_turns: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """Sensors whose latest value every turn of a call carries, such as `gpu*.temperature`; `*` and
    `?` stand for any characters."""

    in_prompts: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """Sensors whose latest value stands in the prompts of all agents, also outside calls. The
    Gateway needs the plugin of `openclaw_plugin/` for it. Sensors of `rooms` are left out."""
    mqtt: MqttSettings = MqttSettings()
    gpio: GpioSettings = GpioSettings()

    @field_validator("sources")
    @classmethod
    def _known_sources(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(check_name, sources)))

    @field_validator("session")
    @classmethod
    def _known_form(cls, session: str) -> str:
        return check_session_key(session) if session else ""


class FleetSettings(BaseModel):
    """This machine in a fleet of bots and boxes on one Gateway."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sensors: SensorSettings = SensorSettings()
    notify: NotifySettings = NotifySettings()
    jobs: JobSettings = JobSettings()
    memory: MemorySettings = MemorySettings()
    desired_state: DesiredStateSettings = DesiredStateSettings()
    reconciler: ReconcilerSettings = ReconcilerSettings()
    supervision: SupervisionSettings = SupervisionSettings()
    overview: OverviewSettings = OverviewSettings()
