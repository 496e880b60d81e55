"""All settings as one validated, frozen `Settings`, composed of each package's part.

The environment overrides ``.env``, which overrides ``config.yaml``, which overrides the defaults.
A control plane's document stands between ``.env`` and ``config.yaml``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from configuration import schema
from configuration.desired.documents import Document, NamedDocument
from configuration.errors import SettingsError
from configuration.layers import Layer, laid_over, read_file
from configuration.loader import SettingsTree, compose
from configuration.names import SettingNames
from configuration.variables import parse_dotenv, read_environment
from configuration.yaml_file import parse_yaml
from database.guild_settings import GuildPolicy
from database.settings import DatabaseSettings
from discord_bot.settings import DiscordSettings
from fleet.desired_state.settings import PROTECTED, protected_problems
from fleet.settings import FleetSettings
from models.settings import ModelsSettings
from monitoring.settings import MonitoringSettings
from network import environment
from openclaw_client.settings import OpenClawConfig
from pipeline.personas import DEFAULT_AGENTS, Agents
from pipeline.settings import PipelineSettings
from server.control.settings import ControlPlaneSettings
from server.settings import ServerSettings, TtsSettings
from web.settings import WebSettings

log = logging.getLogger(__name__)

__all__ = [
    "SHORT_NAMES",
    "LoggingSettings",
    "Settings",
    "SettingsError",
    "check_document",
    "load_settings",
    "setting_names",
]

HOME: Final = Path(__file__).resolve().parent
"""The folder of ``run.py``, ``config.yaml`` and ``.env``."""

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
"""Variables with a short name besides the long one (``DISCORD__TOKEN``)."""

ALIASES: Final[Mapping[str, schema.Path]] = MappingProxyType(
    {
        "BOT_TOKEN": ("discord", "token"),
        "DISCORD_API_TOKEN": ("discord", "token"),
        "DISCORD_BOT_KEY": ("discord", "token"),
        "DISCORD_KEY": ("discord", "token"),
        "DISCORD_TOKEN": ("discord", "token"),
        "OPENCLAW_ADDRESS": ("openclaw", "base_url"),
        "OPENCLAW_ENDPOINT": ("openclaw", "base_url"),
        "OPENCLAW_GATEWAY": ("openclaw", "base_url"),
        "OPENCLAW_GATEWAY_URL": ("openclaw", "base_url"),
        "OPENCLAW_HOST": ("openclaw", "base_url"),
        "OPENCLAW_URL": ("openclaw", "base_url"),
        "OPENCLAW_API_KEY": ("openclaw", "auth_token"),
        "OPENCLAW_GATEWAY_AUTH_TOKEN": ("openclaw", "auth_token"),
        "OPENCLAW_GATEWAY_TOKEN": ("openclaw", "auth_token"),
        "OPENCLAW_KEY": ("openclaw", "auth_token"),
        "OPENCLAW_TOKEN": ("openclaw", "auth_token"),
        "OPENCLAW_AGENT": ("openclaw", "agent_id"),
        "OPENCLAW_AGENT_NAME": ("openclaw", "agent_id"),
        "TTS_BASE_URL": ("tts", "url"),
        "TTS_ENDPOINT": ("tts", "url"),
        "TTS_SERVER_URL": ("tts", "url"),
        "TTS_API_KEY": ("tts", "api_key"),
        "TTS_KEY": ("tts", "api_key"),
        "TTS_TOKEN": ("tts", "api_key"),
        "TTS_MODEL": ("tts", "model"),
        "STT_DEVICE": ("pipeline", "stt", "device"),
        "WHISPER_DEVICE": ("pipeline", "stt", "device"),
        "STT_LANGUAGE": ("pipeline", "stt", "language"),
        "WHISPER_LANGUAGE": ("pipeline", "stt", "language"),
        "STT_MODEL": ("pipeline", "stt", "model_size"),
        "STT_MODEL_SIZE": ("pipeline", "stt", "model_size"),
        "WHISPER_MODEL": ("pipeline", "stt", "model_size"),
        "WHISPER_MODEL_SIZE": ("pipeline", "stt", "model_size"),
        "WHISPER_SIZE": ("pipeline", "stt", "model_size"),
        "LOGGING_LEVEL": ("logging", "level"),
        "DATABASE_URL": ("database", "url"),
        "DB_URL": ("database", "url"),
        "POSTGRES_URL": ("database", "url"),
    }
)
"""Names that users write for one of ours, many from the Gateway and from other bots.

In ``.env`` an alias is read, with a notice. In the environment, where it may belong to another
program, it only gets a notice.
"""

_TURN: Final = ("pipeline", "turn")
_ONE_PROBABILITY: Final = (
    "one probability that the turn is over decides, from the turn model and the words; "
    "cut_cost_ms says how long it waits"
)
RETIRED: Final[Mapping[tuple[str, ...], str]] = MappingProxyType(
    {
        (*_TURN, "looks"): f"{_ONE_PROBABILITY}, and look_after_ms when the models are asked",
        (*_TURN, "lead_ms"): "look_after_ms says when the models are asked",
        (*_TURN, "whole_threshold"): _ONE_PROBABILITY,
        (*_TURN, "unsure_threshold"): _ONE_PROBABILITY,
        (*_TURN, "open_threshold"): _ONE_PROBABILITY,
        (*_TURN, "open_silence_ms"): f"{_ONE_PROBABILITY}, and max_silence_ms at most",
    }
)
"""Settings of earlier versions, and what takes their place."""


class LoggingSettings(BaseModel):
    """The log."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """INFO has one line per turn with its latencies. DEBUG also has each decision."""

    format: Literal["text", "json"] = "text"
    """Lines of text for people, or one JSON object a line for programs, with the guild, the turn,
    the speaker and the agent as fields."""

    speech: bool = False
    """With the level DEBUG, also log what members say; tell them. Without it the log has no word of
    theirs at any level."""

    @field_validator("level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("format", mode="before")
    @classmethod
    def _format_in_any_case(cls, name: object) -> object:
        return name.lower() if isinstance(name, str) else name


class Settings(SettingsTree):
    """All settings. Without arguments it has the defaults, whatever the environment."""

    discord: DiscordSettings = DiscordSettings()
    openclaw: OpenClawConfig = OpenClawConfig()
    agents: Agents = Field(default_factory=lambda: dict(DEFAULT_AGENTS))
    """The agents that people can talk with, each under its id at the Gateway."""
    tts: TtsSettings = TtsSettings()
    pipeline: PipelineSettings = PipelineSettings()
    guilds: GuildPolicy = GuildPolicy()
    database: DatabaseSettings = DatabaseSettings()
    models: ModelsSettings = ModelsSettings()
    server: ServerSettings = ServerSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    web: WebSettings = WebSettings()
    logging: LoggingSettings = LoggingSettings()
    fleet: FleetSettings = FleetSettings()
    control_plane: ControlPlaneSettings = ControlPlaneSettings()


def load_settings(
    config_path: Path | None = None,
    env_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    on_notice: Callable[[str], None] = log.warning,
    desired: NamedDocument | None = None,
) -> Settings:
    """Read, merge and validate all settings.

    A path that is given must exist; without one, ``config.yaml`` and ``.env`` beside ``run.py`` are
    read if they exist. ``environ`` replaces the process's environment. Without it, the variables of
    proxies and of the model hub are changed to a form that every HTTP client reads
    (`network.environment`). ``on_notice`` gets the messages about usable settings. ``desired`` is
    the control plane's document, which is laid over ``config.yaml`` and below the variables.

    Raises:
        SettingsError: some settings cannot be used; the text lists every problem with its place,
            the given value (but of a secret) and what is allowed.
    """
    variables = os.environ if environ is None else environ
    names = setting_names()
    config, dotenv = config_path or HOME / "config.yaml", env_file or HOME / ".env"
    file = read_file(config, partial(parse_yaml, names=names), required=config_path is not None)
    layers = (
        file if desired is None else laid_over(file, desired.layer(names)),
        read_file(dotenv, partial(parse_dotenv, names=names), required=env_file is not None),
        read_environment(variables, names),
    )
    for words in _notices(layers):
        on_notice(words)
    settings = compose(Settings, *layers, others=environment.problems(variables))
    changed, notices = environment.canonical(variables, _hosts(settings))
    for words in notices:
        on_notice(words)
    if environ is None:
        os.environ.update(changed)
    return settings


def setting_names() -> SettingNames:
    """The names of all settings in every source."""
    return SettingNames(schema.tree(Settings), SHORT_NAMES, ALIASES, RETIRED)


def check_document(document: Document, name: str = "") -> None:
    """Check a document of the control plane over the defaults, as a bot does over its own files.

    Raises:
        SettingsError: a bot would refuse it; the text lists every problem with its path.
    """
    own = protected_problems(document, PROTECTED)
    compose(Settings, NamedDocument(name, document).layer(setting_names()), others=own)


def _notices(layers: tuple[Layer, ...]) -> Iterator[str]:
    """The notices of all sources, but for those about a setting that a variable gives."""
    by_variable = {path for layer in layers[1:] for path in layer.given}
    for layer in layers:
        yield from (each.words for each in layer.notices if each.about not in by_variable)


def _hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts of the servers in the settings."""
    urls = (settings.openclaw.base_url, settings.tts.url, settings.models.hub_url)
    return tuple(host for url in urls if url and (host := urlsplit(url).hostname))
