"""Whether agents may command the bot, and what."""

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
]
COMMANDS: Final[tuple[CommandName, ...]] = get_args(CommandName)


class NodeSettings(BaseModel):
    """The bot as a node: agents get tools such as `voice_say`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    enabled: bool = False
    """Offer the bot to the Gateway as a node. Off, because then every agent of the Gateway may
    speak in your calls, and because it needs two approvals at the Gateway to be of use."""
    commands: tuple[CommandName, ...] = COMMANDS
    """What agents may command. The others are not offered, and refused if asked for."""
    commands_per_minute: Annotated[int, Field(ge=1, le=1000)] = 20
    """How many commands one session may give in a minute: an agent that goes in circles shall not
    talk for ever."""
    transcript_guild_ids: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Servers in which agents may read what was said in the running call (`voice.transcript`). With
    none, nobody's words are handed out beyond the turns that they were said in."""
    audit_log: Path | None = None
    """File with a line of JSON for every command: when, from which session, which, its outcome;
    never what was said. Empty takes `node-audit.jsonl` in `openclaw.state_dir`."""
    audit_max_bytes: Annotated[int, Field(ge=10_000, le=1_000_000_000)] = 1_000_000
    """Size at which the file is put aside and a new one begun; a line has some 200 bytes."""
    audit_files_kept: Annotated[int, Field(ge=1, le=100)] = 4
    """How many files that were put aside are kept."""
