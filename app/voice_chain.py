"""The voice of the bot: the speech servers of the settings in a chain, the embedded one last."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from app.speech_server import OwnServer
from pipeline.personas import personas
from pipeline.speaking.notices import stock_texts
from server.errors import ServerNotStarted, TtsError
from server.settings import TtsSettings
from server.synthesis.chain import SpeechChain
from server.synthesis.client import HttpSynthesizer
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.stock_speech import StockSpeech
from settings import Settings

log = logging.getLogger(__name__)

START_TIMEOUT_S: Final = 3.0
"""The longest wait for the servers' first audio at the start; the check continues after it."""
_FIRST, _OTHERS = "TTS_URL", "TTS__CHAIN"


@asynccontextmanager
async def voice_chain(settings: Settings, embedded: OwnServer | None) -> AsyncIterator[SpeechChain]:
    """Speak through the servers of ``settings.tts``; one that fails is logged at once.

    The ``embedded`` server comes last. One that does not start is an error only where the settings
    name no other.

    Raises:
        TtsError, ServerNotStarted: the embedded server does not start, and there is no other.
    """
    tts = settings.tts
    known = personas(settings.agents, settings.openclaw.agent_id)
    async with AsyncExitStack() as stack:
        names = ("", *(each.name for each in tts.chain))
        servers = [
            (await stack.enter_async_context(HttpSynthesizer(each, setting=setting)), name)
            for each, name, setting in zip(
                tts.servers(), names, (_FIRST, *[_OTHERS] * len(tts.chain)), strict=False
            )
        ]
        own = None if embedded is None else await _started(embedded, stack, needed=not servers)
        last, voices = None, FallbackVoices()
        if own is not None:
            last = await stack.enter_async_context(_embedded(tts, own))
            wanted = (persona.voice.name for persona in known.values())
            voices = FallbackVoices(wanted, own.voices if servers else ())
        texts = stock_texts(settings.pipeline.stt.language)
        stock = StockSpeech(texts, tts.stock_mb * 1_000_000)
        chain = await stack.enter_async_context(SpeechChain(servers, last, voices, stock=stock))
        if servers:
            first = known[settings.openclaw.agent_id].voice
            others = (persona.voice for persona in known.values())
            await chain.start([first, *others], START_TIMEOUT_S, prepare=tts.prepare_stock)
        yield chain


async def _started(embedded: OwnServer, stack: AsyncExitStack, *, needed: bool) -> OwnServer | None:
    try:
        return await stack.enter_async_context(embedded)
    except (TtsError, ServerNotStarted) as error:
        if needed:
            raise
        log.warning("there is no fallback voice for the speech server: %s", error)
        return None


def _embedded(tts: TtsSettings, own: OwnServer) -> HttpSynthesizer:
    if tts.url is None:
        return HttpSynthesizer(tts, url=own.url)
    # The other settings, and the key above all, are for the other servers.
    usual = TtsSettings(
        trim_leading_silence=tts.trim_leading_silence,
        max_trailing_silence_ms=tts.max_trailing_silence_ms,
    )
    return HttpSynthesizer(usual, url=own.url)
