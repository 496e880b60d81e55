"""The settings of the memory bridge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from openclaw_client.session_keys import check_agent_id


class MemorySettings(BaseModel):
    """What this machine writes into an agent's memory (docs/memory.md). Off by default."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    folder: Path | None = None
    """The agent's workspace, where the Gateway is on this machine or shares a disk with it:
    `openclaw agents list` shows it. Lines go to `memory/fleet/` in it."""
    plugin: bool = False
    """Write by the plugin openclaw-voice of a Gateway on another machine. It needs
    OPENCLAW_AUTH_TOKEN: a node alone may not write memory."""
    agent: str = ""
    """The agent whose memory it is. Empty is `openclaw.agent_id`."""
    transcript_guild_ids: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Servers whose transcripts may go to memory; each also has to choose it (/settings,
    `transcripts_in_memory`). The agent can tell what is there in every conversation."""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    """Days after which lines are removed from the agent's `memory/fleet/`, those of all machines;
    0 keeps them without a limit."""
    crossings: bool = True
    """Also write down when a sensor crosses a threshold of `fleet.sensors.thresholds`."""

    @property
    def enabled(self) -> bool:
        return self.folder is not None or self.plugin

    @field_validator("agent")
    @classmethod
    def _possible_agent(cls, agent: str) -> str:
        return check_agent_id(agent) if agent else ""

    @field_validator("folder")
    @classmethod
    def _whole_path(cls, folder: Path | None) -> Path | None:
        if folder is None:
            return None
        folder = folder.expanduser()
        if not folder.is_absolute():
            raise ValueError("must be a whole path, such as ~/.openclaw/workspace")
        return folder

    @model_validator(mode="after")
    def _one_way(self) -> MemorySettings:
        if self.folder is not None and self.plugin:
            raise ValueError("folder and plugin: set one of them")
        return self
