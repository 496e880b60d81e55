"""The settings of the node: whether agents may send commands, and which."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field

CommandName: TypeAlias = Literal[
    "voice.say",
    "voice.join",
    "voice.leave",
    "voice.status",
    "voice.transcript",
    "voice.notify",
    "system.info",
    "gpu.list",
    "gpu.metrics",
    "sensor.list",
    "sensor.read",
    "human.notify",
    "job.submit",
    "job.status",
    "job.list",
    "job.logs",
    "job.cancel",
    "container.exec",
    "memory.remember",
    "memory.observe",
    "fleet.status",
]
COMMANDS: Final[tuple[CommandName, ...]] = get_args(CommandName)


class NodeSettings(BaseModel):
    """The bot as a node: agents get tools such as `voice_say`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, Field(max_length=60)] = ""
    """Name of this machine in the Gateway's list of nodes, and in front of its tools where they
    need one. Empty takes the host name."""
    tool_names: Literal["auto", "plain", "prefixed"] = "auto"
    """Names of the tools: `plain` (`voice_say`), `prefixed` by the machine's name
    (`box2_voice_say`), or `auto`: prefixed once another bot or node of this kind is connected to
    the Gateway, because OpenClaw renames tools of the same name."""
    enabled: bool = False
    """Connect the bot to the Gateway as a node. Off by default: every agent of the Gateway may then
    speak in your calls, and the node needs two approvals at the Gateway."""
    commands: tuple[CommandName, ...] = COMMANDS
    """The commands that agents may send. The others are not offered, and are refused."""
    commands_per_minute: Annotated[int, Field(ge=1, le=1000)] = 20
    """How many commands one session may send in a minute. This stops an agent that repeats itself
    in a loop."""
    transcript_guild_ids: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Servers in which agents may read what was said in the running call (`voice.transcript`). With
    none, agents get no words but those of their own turns."""
    audit_log: Path | None = None
    """File with a line of JSON for every command: when, from which session, which, its outcome;
    never what was said. Empty takes `node-audit.jsonl` in `openclaw.state_dir`."""
    audit_max_bytes: Annotated[int, Field(ge=10_000, le=1_000_000_000)] = 1_000_000
    """Size at which the file is rotated; a line has some 200 bytes."""
    audit_files_kept: Annotated[int, Field(ge=1, le=100)] = 4
    """How many rotated files are kept."""
