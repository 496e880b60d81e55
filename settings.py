"""All settings as one validated, frozen `Settings`, composed of each package's own part.

The environment goes over ``.env``, that over ``config.yaml``, that over the defaults in the code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from configuration import schema
from configuration.errors import SettingsError
from configuration.loader import compose
from configuration.model import SettingsTree
from configuration.sources import DotenvSource, EnvironmentSource, YamlSource
from discord_bot.settings import DiscordSettings
from models.settings import ModelsSettings
from openclaw_client.settings import OpenClawConfig
from pipeline.agents import DEFAULT_AGENTS, Agents
from pipeline.settings import PipelineSettings
from server.settings import ServerSettings, TtsSettings

__all__ = ["SHORT_NAMES", "LoggingSettings", "Settings", "SettingsError", "load_settings"]

HOME: Final = Path(__file__).resolve().parent
"""The folder of ``run.py``, where ``config.yaml`` and ``.env`` are looked for."""

SHORT_NAMES: Final[Mapping[str, schema.Path]] = MappingProxyType(
    {
        "DISCORD_BOT_TOKEN": ("discord", "token"),
        "OPENCLAW_BASE_URL": ("openclaw", "base_url"),
        "OPENCLAW_AUTH_TOKEN": ("openclaw", "auth_token"),
        "OPENCLAW_AGENT_ID": ("openclaw", "agent_id"),
        "TTS_URL": ("tts", "url"),
        "SERVER_HOST": ("server", "host"),
        "SERVER_PORT": ("server", "port"),
        "LOG_LEVEL": ("logging", "level"),
    }
)
"""Variables with a name of their own, beside the long one (``DISCORD__TOKEN``)."""


class LoggingSettings(BaseModel):
    """What the bot says of itself while it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """INFO has one line a turn with its latencies. DEBUG also shows what was said: mind the people
    in the room."""

    @field_validator("level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level


class Settings(SettingsTree):
    """Everything that can be set. Without arguments: the defaults, whatever the environment."""

    discord: DiscordSettings = DiscordSettings()
    openclaw: OpenClawConfig = OpenClawConfig()
    agents: Agents = Field(default_factory=lambda: dict(DEFAULT_AGENTS))
    """The agents that people can talk with, each under its id at the Gateway."""
    tts: TtsSettings = TtsSettings()
    pipeline: PipelineSettings = PipelineSettings()
    models: ModelsSettings = ModelsSettings()
    server: ServerSettings = ServerSettings()
    logging: LoggingSettings = LoggingSettings()


def load_settings(
    config_path: Path | None = None,
    env_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read, lay over each other and validate all settings.

    A path that is given must exist; ``config.yaml`` and ``.env`` beside ``run.py``, which are
    taken without one, need not. ``environ`` stands in for the process's environment.

    Raises:
        SettingsError: some cannot be used; the text lists every problem with its place, what was
            given (never of a secret) and what is allowed.
    """
    config, dotenv = config_path or HOME / "config.yaml", env_file or HOME / ".env"
    return compose(
        Settings,
        YamlSource(Settings, config, required=config_path is not None),
        DotenvSource(Settings, dotenv, SHORT_NAMES, required=env_file is not None),
        EnvironmentSource(Settings, os.environ if environ is None else environ, SHORT_NAMES),
    )
