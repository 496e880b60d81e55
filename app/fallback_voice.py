"""The voice of the speech server in the settings, with the embedded server as its fallback."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from app.speech_server import OwnServer
from pipeline.personas import personas
from server.errors import ServerNotStarted, TtsError
from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from server.synthesis.failover import FailoverSynthesizer
from server.synthesis.fallback_voices import FallbackVoices
from settings import Settings

log = logging.getLogger(__name__)

START_TIMEOUT_S: Final = 3.0
"""The longest wait for the server's first audio at the start; the check continues after it."""


@asynccontextmanager
async def failover_voice(
    settings: Settings, embedded: OwnServer | None
) -> AsyncIterator[FailoverSynthesizer]:
    """Speak through ``settings.tts.url``; a server that fails is logged at once.

    An ``embedded`` server that does not start is not an error: there is no fallback then, nor
    without one.
    """
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(HttpSynthesizer(settings.tts))
        own, stand_in = None, None
        if embedded is not None:
            own = await _embedded(embedded, stack)
        if own is not None:
            stand_in = await _stand_in(settings.tts, own, stack)
        known = personas(settings.agents, settings.openclaw.agent_id)
        voices = FallbackVoices(
            (persona.voice.name for persona in known.values()), () if own is None else own.voices
        )
        voice = await stack.enter_async_context(FailoverSynthesizer(server, stand_in, voices))
        await voice.start(known[settings.openclaw.agent_id].voice, START_TIMEOUT_S)
        yield voice


async def _embedded(embedded: OwnServer, stack: AsyncExitStack) -> OwnServer | None:
    try:
        return await stack.enter_async_context(embedded)
    except (TtsError, ServerNotStarted) as error:
        log.warning("there is no fallback voice for the speech server: %s", error)
        return None


async def _stand_in(
    settings: TtsSettings, own: OwnServer, stack: AsyncExitStack
) -> HttpSynthesizer:
    # The other settings, and the key above all, are for the other server.
    usual = TtsSettings(
        trim_leading_silence=settings.trim_leading_silence,
        max_trailing_silence_ms=settings.max_trailing_silence_ms,
    )
    return await stack.enter_async_context(HttpSynthesizer(usual, url=own.url))
