"""Where the models lie, and whether they may be fetched."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from network.addresses import HttpUrl


class ModelsSettings(BaseModel):
    """The store of models."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    dir: Path | None = None
    """Folder of the models. Empty takes the user's cache folder, for example
    `~/.cache/openclaw-voice/models`."""

    offline: bool = False
    """Never go to the network: take what lies in the folder, and say what is missing."""

    hub_url: HttpUrl = None
    """A mirror of the model hub. Empty takes `HF_ENDPOINT` from the environment, else the hub."""

    connect_timeout_s: float = Field(5.0, gt=0, le=60)
    """How long a server of models may take to answer before the next source is asked."""

    read_timeout_s: float = Field(30.0, gt=0, le=600)
    """The longest pause in a download before it is resumed or given up."""
