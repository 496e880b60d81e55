"""The settings of a bot that gets its configuration from a control plane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from configuration.desired.documents import Document, paths_below
from configuration.errors import Problem
from configuration.schema import Path as SettingPath
from configuration.schema import dotted
from network.addresses import HttpUrl
from network.keys import HeaderKey
from openclaw_client.transport.addresses import is_private_host

PROTECTED: Final[tuple[SettingPath, ...]] = (
    ("fleet", "desired_state"),
    ("fleet", "overview"),
    ("openclaw", "state_dir"),
    ("control_plane",),
    ("database", "control_url"),
)
"""What a control plane never sets: its own address and the tokens for it on the bot, the folder in
which the bot keeps the way back, and a control plane's own settings."""
PROTECTED_BY_DEFAULT: Final[tuple[SettingPath, ...]] = (
    ("openclaw", "base_url"),
    ("openclaw", "ca_file"),
    ("openclaw", "tls_fingerprint"),
    ("openclaw", "node", "audit_log"),
    ("fleet", "sensors", "sources"),
    ("fleet", "jobs"),
    ("fleet", "memory", "folder"),
)
"""What it sets only where this machine allows it: where the Gateway's token goes, what code and
containers run here, and what is written down of that."""

ADDRESSES_OF_KEYS: Final[Mapping[SettingPath, tuple[SettingPath, ...]]] = {
    ("tts", "api_key"): (("tts", "url"),),
    ("pipeline", "stt", "api_key"): (("pipeline", "stt", "url"),),
    ("fleet", "sensors", "mqtt", "password"): (
        ("fleet", "sensors", "mqtt", "host"),
        ("fleet", "sensors", "mqtt", "port"),
        ("fleet", "sensors", "mqtt", "tls"),
        ("fleet", "sensors", "mqtt", "ca_file"),
    ),
}
"""Where keys of this machine's own files and variables go. A control plane does not set these
addresses on a machine that has the key, or the key would go where the control plane says."""
ADDRESSES_OF_VARIABLES: Final[Mapping[str, SettingPath]] = {
    "HF_TOKEN": ("models", "hub_url"),
    "HUGGING_FACE_HUB_TOKEN": ("models", "hub_url"),
    "OTEL_EXPORTER_OTLP_HEADERS": ("monitoring", "traces_url"),
}
"""The same for keys that are no settings, by environment variable."""


_REFUSED: Final = (
    "a control plane cannot set this; set it on the bot's machine, or list it there in "
    "fleet.desired_state.allowed if that takes it"
)


class DesiredStateSettings(BaseModel):
    """The control plane that this bot gets its configuration from. See docs/control-plane.md."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    url: HttpUrl = None
    """Address of the control plane, such as https://control.example.org:8095. Empty uses none."""
    token: HeaderKey | None = None
    """The token of this bot, which the control plane showed once. A secret: it belongs into `.env`
    as FLEET__DESIRED_STATE__TOKEN."""
    bot: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")] = ""
    """The id of this bot there. Empty takes the name of the machine (`openclaw.node.name`)."""
    ca_file: Path | None = None
    """PEM file with the authority of the control plane's certificate, or that certificate, trusted
    in addition to those of this machine."""
    poll_s: Annotated[float, Field(ge=1, le=3600)] = 30.0
    """Seconds that a request for a new version waits for one, and between two of them."""
    heartbeat_s: Annotated[float, Field(ge=5, le=3600)] = 30.0
    """Seconds between two heartbeats, which carry the condition of each part and the sensors."""
    trial_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    """How long a new version must run before it counts as good. A part that worked before and is
    broken then makes the bot go back to the version before."""
    restart: Literal["never", "idle", "now"] = "never"
    """Whether the bot may end itself for what needs a restart: `idle` waits until there is no call.
    It ends with status 75, so use this where systemd or Docker starts it again. `never` reports
    that a restart is needed."""
    protected: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    """Further settings that the control plane may not set on this machine, such as `discord.token`
    or a whole section such as `server`."""

    allowed: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    """Settings that the control plane may set although it may not by default: `openclaw.base_url`,
    `openclaw.ca_file`, `openclaw.tls_fingerprint`, `openclaw.node.audit_log`,
    `fleet.sensors.sources`, `fleet.jobs`, `fleet.memory.folder`. With the first, who holds the
    control plane gets the Gateway's token of this machine; with `fleet.sensors.sources` and
    `fleet.jobs` they run programs on it. Also the address of a service whose key this machine has:
    `tts.url`, `pipeline.stt.url`, `fleet.sensors.mqtt.host` (`port`, `tls`, `ca_file`),
    `models.hub_url`, `monitoring.traces_url`. Who holds the control plane then gets that key."""

    @field_validator("allowed")
    @classmethod
    def _known(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        addresses = [each for of_key in ADDRESSES_OF_KEYS.values() for each in of_key]
        others = dict.fromkeys(ADDRESSES_OF_VARIABLES.values())
        known = [dotted(path) for path in (*PROTECTED_BY_DEFAULT, *addresses, *others)]
        if other := [each for each in allowed if each not in known]:
            raise ValueError(f"{other[0]} is not one of those: {', '.join(known)}")
        return allowed

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.url is None:
            return self
        if self.token is None:
            raise ValueError("token: url needs it; `run.py control bots add ID` makes one")
        if is_public_http(self.url):
            raise ValueError(
                "url: a public address needs https://, since the configuration has tokens"
            )
        return self

    @property
    def protected_paths(self) -> tuple[SettingPath, ...]:
        """The paths that the control plane may not set on any machine with these settings."""
        default = (each for each in PROTECTED_BY_DEFAULT if dotted(each) not in self.allowed)
        return (*PROTECTED, *default, *(tuple(each.split(".")) for each in self.protected))


def protected_here(
    own: BaseModel, desired: DesiredStateSettings, environ: Mapping[str, str]
) -> tuple[SettingPath, ...]:
    """All paths that the control plane may not set on a machine with its ``own`` settings and
    variables, which are without what the control plane has set."""
    addresses = _addresses_of_keys(own, environ)
    kept = (each for each in addresses if dotted(each) not in desired.allowed)
    return (*desired.protected_paths, *kept)


def _addresses_of_keys(own: BaseModel, environ: Mapping[str, str]) -> Iterator[SettingPath]:
    for key, addresses in ADDRESSES_OF_KEYS.items():
        value: object = own
        for name in key:
            value = getattr(value, name)
        if isinstance(value, SecretStr) and value.get_secret_value():
            yield from addresses
    for name, address in ADDRESSES_OF_VARIABLES.items():
        if environ.get(name, "").strip():
            yield address


def is_public_http(url: str) -> bool:
    """Whether a control plane's address sends tokens readable over a public network."""
    parts = urlsplit(url)
    return parts.scheme == "http" and is_private_host(parts.hostname or "") is False


def protected_problems(document: Document, paths: Iterable[SettingPath]) -> list[Problem]:
    """A problem for each setting of a document that a control plane may not set."""
    return [Problem(dotted(path), (_REFUSED,)) for path in paths_below(document, tuple(paths))]
