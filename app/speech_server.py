"""The embedded speech server with the engine of the settings."""

from __future__ import annotations

from functools import partial

from pipeline.speaking.notices import stock_texts
from server.engines.choice import open_voices
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from settings import Settings


def speech_server(
    settings: Settings | None = None,
    *,
    prepared: bool = True,
    stock: bool = True,
    wait: bool = False,
) -> EmbeddedServer:
    """The embedded speech server on a free loopback port, for this process only.

    Its engine is that of the settings; without settings it is espeak-ng. A neural voice prepares
    itself in the background, unless ``prepared`` is false, and the bot's own texts, unless
    ``stock`` is; with ``wait``, before the server starts.
    """
    listening = ServerSettings(host="127.0.0.1", port=0)
    if settings is None:
        return EmbeddedServer(listening)
    texts = stock_texts(settings.pipeline.stt.language) if stock else ()
    voices = partial(
        open_voices,
        settings.server,
        settings.models,
        stock=texts if prepared else None,
        wait=wait,
    )
    return EmbeddedServer(listening, make_engine=voices)
