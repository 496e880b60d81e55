"""The embedded speech server with the engine of the settings."""

from __future__ import annotations

from functools import partial
from typing import Final, TypeAlias

from monitoring.http_metrics import instrument
from monitoring.process_metrics import new_registry
from pipeline.speaking.notices import stock_texts
from server.engines.choice import open_voices
from server.own_process.process import SpeechProcess
from server.protection.keys import random_key
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from settings import Settings

OwnServer: TypeAlias = EmbeddedServer | SpeechProcess

_MOST_SENTENCES: Final = 1_000
"""Sentences that all rooms of a bot may have spoken at once: they are short, and take turns."""


def speech_server(
    settings: Settings | None = None,
    *,
    prepared: bool = True,
    stock: bool = True,
    wait: bool = False,
) -> EmbeddedServer:
    """The embedded speech server on a free loopback port, in this process and only for it.

    Its engine is that of the settings; without settings it is espeak-ng. A neural voice prepares
    itself in the background, unless ``prepared`` is false, and the bot's own texts, unless
    ``stock`` is; with ``wait``, before the server starts. Its URL holds its key.
    """
    if settings is None:
        return EmbeddedServer(ServerSettings(port=0), own_key=random_key())
    texts = stock_texts(settings.pipeline.stt.language) if stock else ()
    voices = partial(
        open_voices,
        settings.server,
        settings.models,
        stock=texts if prepared else None,
        wait=wait,
    )
    return EmbeddedServer(
        _own(settings),
        make_engine=voices,
        own_key=random_key(),
        prepare=partial(instrument, registry=new_registry()),
    )


def own_server(settings: Settings) -> OwnServer:
    """The bot's own speech server, in a process of its own if the settings want that.

    Its voices prepare themselves if the bot speaks only through it, and not as a fallback.
    """
    prepared = settings.tts.url is None
    if not settings.server.own_process:
        return speech_server(settings, prepared=prepared)
    texts = stock_texts(settings.pipeline.stt.language) if prepared else None
    return SpeechProcess(
        _own(settings), settings.models, stock=texts, log_form=settings.logging.format
    )


def _own(settings: Settings) -> ServerSettings:
    """The settings of a server for one bot: on loopback, and as open as the bot needs it."""
    roomy = settings.server.limits.model_copy(
        update={
            "connections": _MOST_SENTENCES,
            "connections_per_address": _MOST_SENTENCES,
            "speech_requests": _MOST_SENTENCES,
            "requests_per_client": _MOST_SENTENCES,
        }
    )
    return settings.server.model_copy(
        update={
            "host": "127.0.0.1",
            "port": 0,
            "keys_file": None,
            "tls_certificate": None,
            "tls_key": None,
            "cors_origins": (),
            "limits": roomy,
        }
    )
