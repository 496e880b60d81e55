"""The settings of what a machine does in a fleet."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from fleet.notify.settings import NotifySettings
from fleet.sensors.thresholds import Threshold
from fleet.supervision.settings import SupervisionSettings
from openclaw_client.session_keys import session_origin

SourceName: TypeAlias = Literal["machine", "gpu"]
SOURCES: Final[tuple[SourceName, ...]] = get_args(SourceName)


class SensorSettings(BaseModel):
    """Readings of this machine for agents."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sources: tuple[SourceName, ...] = SOURCES
    """What is read: `machine` (CPU, memory, disk) and `gpu` (NVIDIA GPUs). Agents see them by the
    node's tools `list_sensors` and `read_sensor`."""
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

    @field_validator("session")
    @classmethod
    def _known_form(cls, session: str) -> str:
        if session and not session.startswith("agent:"):
            raise ValueError("must be a session key such as agent:jarvis:main")
        session_origin(session or None)
        return session


class FleetSettings(BaseModel):
    """This machine in a fleet of bots and boxes on one Gateway."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sensors: SensorSettings = SensorSettings()
    notify: NotifySettings = NotifySettings()
    supervision: SupervisionSettings = SupervisionSettings()
