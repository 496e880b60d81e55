"""What the bot and the process of its speech server tell each other, in lines of JSON.

The bot writes `ServerOrders` to the standard input of the process, and keeps it open: its end means
that the bot is gone. The process answers with one `ServerReport` on its standard output.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from logs import LogForm
from models.settings import ModelsSettings
from server.settings import ServerSettings


class ServerOrders(BaseModel):
    """All that the process needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: ServerSettings
    models: ModelsSettings
    own_key: str
    stock: tuple[str, ...] | None
    """See `open_voices`."""
    wait: bool
    """See `open_voices`."""
    log_level: str
    log_form: LogForm
    listener: str
    """The listening socket: its descriptor; on Windows the result of ``socket.share`` in base64."""


class ServerReport(BaseModel):
    """The server listens; or ``error`` says why it does not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str = ""
    voices: tuple[str, ...] = ()
    error: str = ""
