"""The settings of the bot on Discord."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from network.keys import BotToken


class DiscordSettings(BaseModel):
    """The bot on Discord."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    token: BotToken | None = None
    """The bot's token from the Discord developer portal. A secret: belongs into `.env`."""
    development_guild_ids: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Guilds that alone get the slash commands, at once, while you develop them. With none, every
    guild gets them, and Discord may take an hour to show a change."""
    shard_count: Annotated[int, Field(ge=1, le=16_000)] | None = None
    """How many shards the bot has in all its processes: connections to Discord's gateway, each for
    a part of the servers. Empty takes as many as Discord recommends."""
    shard_ids: tuple[Annotated[int, Field(ge=0, le=15_999)], ...] = ()
    """The shards of this process, counted from 0; needs `discord.shard_count`. Several processes
    share a bot that way: each with its own `openclaw.state_dir`, and all with the same
    `database.url`. Empty takes all shards."""
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

    @model_validator(mode="after")
    def _shards_exist(self) -> Self:
        if not self.shard_ids:
            return self
        if self.shard_count is None:
            raise ValueError("shard_ids needs shard_count: how many shards the whole bot has")
        wrong = [each for each in self.shard_ids if each >= self.shard_count]
        if wrong:
            raise ValueError(
                f"shard_ids has {wrong[0]}, and of {self.shard_count} shards the last is "
                f"{self.shard_count - 1}"
            )
        if len(set(self.shard_ids)) < len(self.shard_ids):
            raise ValueError("shard_ids names a shard twice")
        return self
