"""The settings of the bot on Discord."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from network.keys import BotToken


class DiscordSettings(BaseModel):
    """The bot on Discord."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    token: BotToken | None = None
    """The bot's token from the Discord developer portal. A secret: belongs into `.env`."""
    development_guild_ids: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Guilds that alone get the slash commands, at once, while you develop them. With none, every
    guild gets them, and Discord may take an hour to show a change."""
    opus_library: Annotated[str, Field(min_length=1)] | None = None
    """Path of a libopus to load; rarely needed. Without one the bot searches the system's, then the
    one inside PyAV's wheel."""
    connect_timeout_s: Annotated[float, Field(ge=1, le=60)] = 10.0
    """How long joining a voice channel may take; discord.py gives up after up to twice that."""
    supervise_every_s: Annotated[float, Field(ge=0.05, le=60)] = 0.5
    """How often the call is checked: is it connected, can the bot hear, is any member left."""
    leave_when_alone_s: Annotated[float, Field(ge=0, le=86_400)] = 120.0
    """How long to stay in a call that everybody else has left."""
    guild_ready_timeout_s: Annotated[float, Field(ge=0, le=30)] = 2.0
    """How long the bot waits for each guild at start before it is ready without it."""
    commands_per_minute: Annotated[int, Field(ge=0, le=600)] = 20
    """How often one member may use one command in a minute; 0 for no limit."""
    recording_dir: Path | None = None
    """Folder for recordings of the calls, one WAV file a member, for `run.py replay`. Every member
    is told. Empty records nothing."""
    recording_hours: Annotated[float, Field(gt=0, le=24)] = 4.0
    """The longest recording of a call, in hours: about 115 MB an hour for each member."""
