"""Settings of the metrics, the traces and the stall detector."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from network.addresses import HttpUrl
from network.keys import HeaderKey


class MonitoringSettings(BaseModel):
    """What operators see of the running bot: metrics, traces, stalls of the event loop."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    token: HeaderKey | None = None
    """Lets other machines read `/metrics` and the details of `/readyz`: they send it as a bearer
    token. Without one only this machine reads them. A secret: it belongs in the environment or in
    `.env`."""

    guild_label: bool = False
    """Give the metrics of turns and latencies a label with the guild's id. Each guild then has
    about 200 time series of its own."""

    stall_ms: int = Field(200, ge=0, le=60_000)
    """Report code that blocks the event loop for longer than this, in milliseconds, with its file,
    line and stack; 0 turns the detector off. One loop serves all calls, and a frame of audio takes
    20 ms."""

    traces_url: HttpUrl = None
    """Address of an OpenTelemetry collector that takes OTLP over HTTP, such as
    http://127.0.0.1:4318/v1/traces. Each turn becomes a trace. Empty makes none."""

    traced_share: float = Field(1.0, ge=0, le=1)
    """Share of the turns that become a trace, chosen at random."""
