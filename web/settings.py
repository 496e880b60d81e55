"""The settings of the pages."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from network.addresses import ListeningHost, checked_url
from network.keys import SharedSecret

SHORTEST_PASSWORD: Final = 8


def _origin(text: str) -> str:
    return checked_url(text, ("https", "http"), "https://voice.example.org", login=False)


Origin: TypeAlias = Annotated[
    str, AfterValidator(_origin), WithJsonSchema({"type": "string", "format": "uri"})
]
"""The address of a page without its path."""


class WebSettings(BaseModel):
    """The pages in a browser: status (/), talking without Discord (/talk), health and metrics."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    enabled: bool = True
    """Whether the bot serves its pages."""

    host: ListeningHost = Field("127.0.0.1", min_length=1)
    """Address to listen on. Any other than this machine's own needs `web.password`."""

    port: int = Field(8091, ge=0, le=65535)
    """TCP port; 0 takes a free one. A port in use is logged, and the bot runs without pages."""

    password: SharedSecret | None = None
    """Who enters it sees everything and may talk, 8 characters at least. Without one the pages
    answer only this machine, and not through a proxy. A secret: it belongs in the environment or in
    `.env`."""

    origins: tuple[Origin, ...] = ()
    """Addresses at which browsers open the pages, where a proxy in front changes the `Host` header,
    such as https://voice.example.org. Needed only there."""

    tls_certificate: Path | None = None
    """File (PEM) with the certificate and its chain; with `web.tls_key` the pages are served by
    https. Browsers give no microphone to a page that comes by http from another machine."""

    tls_key: Path | None = None
    """File (PEM) with the key of `web.tls_certificate`."""

    session_hours: float = Field(12.0, gt=0, le=720)
    """How long a login lasts. A restart of the bot ends all logins."""

    talk: bool = True
    """Whether the talk page is there. Who opens it talks with the agents at the bot's expense."""

    people: int = Field(8, ge=1, le=64)
    """How many people may be in the rooms of the talk page at a time."""

    @field_validator("password")
    @classmethod
    def _is_long_enough(cls, password: SharedSecret | None) -> SharedSecret | None:
        if password is not None and len(password.get_secret_value()) < SHORTEST_PASSWORD:
            raise ValueError(f"must have {SHORTEST_PASSWORD} characters at least")
        return password

    @model_validator(mode="after")
    def _is_protected(self) -> Self:
        if self.enabled and self.password is None and not is_loopback(self.host):
            raise ValueError(
                f"web.host {self.host} is open to other machines and needs web.password: put "
                "WEB__PASSWORD=... into .env, or keep web.host at 127.0.0.1"
            )
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("web.tls_certificate and web.tls_key are given together")
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
