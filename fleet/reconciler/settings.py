"""The settings of the reconciler."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ReconcilerSettings(BaseModel):
    """What the Gateway's own configuration and cron jobs should be (`run.py reconcile`).

    It needs admin rights there, so it runs in a process of its own, with a device key of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    file: Path | None = None
    """YAML file with `config` (parts of openclaw.json), `replace` (paths whose lists may lose
    entries) and `cron` (jobs, each with a `name`)."""
    every_s: Annotated[float, Field(ge=10, le=86_400)] = 300.0
    """Seconds between two comparisons, where it goes on running (`--watch`)."""
    owner: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")] = "openclaw-voice"
    """Begins the `declarationKey` of every cron job that it declares. It removes only jobs whose
    key begins so."""
    versions_kept: Annotated[int, Field(ge=1, le=200)] = 20
    """Configurations of before a change that are kept for `run.py reconcile rollback`."""
