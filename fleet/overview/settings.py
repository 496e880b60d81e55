"""The settings of the overview of all nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from fleet.desired_state.settings import is_public_http
from network.addresses import HttpUrl
from network.keys import HeaderKey


class OverviewSettings(BaseModel):
    """What `run.py nodes` and the page `/nodes` show beside what the Gateway knows."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    control_url: HttpUrl = None
    """Address of the control plane whose bots are shown with desired and applied configuration.
    Empty is that of `fleet.desired_state.url`."""
    control_token: HeaderKey | None = None
    """Token of a reader there (`run.py control readers add NAME`); empty shows no configurations. A
    secret: it belongs into `.env` as FLEET__OVERVIEW__CONTROL_TOKEN. An operator's token serves
    too, but whoever has that may change the configuration of every bot."""
    control_ca_file: Path | None = None
    """PEM file with the authority of its certificate, or that certificate, trusted in addition to
    those of this machine. Empty is `fleet.desired_state.ca_file`."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.control_url is None:
            return self
        if self.control_token is None:
            raise ValueError(
                "control_token: control_url needs it; `run.py control readers add NAME` makes one"
            )
        if is_public_http(self.control_url):
            raise ValueError("control_url: a public address needs https://, since a token is sent")
        return self
