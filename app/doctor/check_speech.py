"""Check of the voices: the speech server gives audio for each of them."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, aclosing

from app.doctor.findings import Finding, Grade
from app.speech_server import speech_server
from pipeline.errors import SpeechUnavailable
from pipeline.personas import personas
from pipeline.ports import Voice
from server.engines.choice import FETCH
from server.engines.voices import EspeakVoices
from server.errors import ServerNotStarted, TtsError
from server.runner import EmbeddedServer
from server.synthesis.client import HttpSynthesizer
from settings import Settings


async def check_speech(settings: Settings) -> Finding:
    """Synthesize a word with every agent's voice, through the bot's own client and server."""
    async with AsyncExitStack() as stack:
        url = settings.tts.url
        subject = "speech server" if url else "speech engine"
        engine = ""
        try:
            own_url: str | None = None
            if url is None:
                own = await stack.enter_async_context(speech_server(settings, prepared=False))
                own_url, engine = own.url, _described(own, settings)
            synthesizer = await stack.enter_async_context(
                HttpSynthesizer(settings.tts, url=own_url)
            )
            times = {
                each.voice.name or each.name: await first_audio_ms(synthesizer, each.voice)
                for each in personas(settings.agents, settings.openclaw.agent_id).values()
            }
        except (TtsError, ServerNotStarted) as error:
            return Finding(
                Grade.FAIL, subject, str(error), "or set TTS_URL to a speech server of your own"
            )
        except SpeechUnavailable as error:
            return Finding(
                Grade.FAIL,
                subject,
                str(error),
                "check TTS_URL and the agents' voices; without TTS_URL the bot starts its own",
            )
    where = engine if settings.tts.url is None else f"first audio from {synthesizer.address}"
    voices = ", ".join(f"{name} after {ms:.0f} ms" for name, ms in times.items())
    return Finding(Grade.OK, subject, f"{where}: {voices}")


def _described(server: EmbeddedServer, settings: Settings) -> str:
    if server.engine == EspeakVoices.label and settings.server.engine == "auto":
        return f"first audio of {server.engine} (the neural voices need their weights: {FETCH})"
    return f"first audio of {server.engine}"


async def first_audio_ms(synthesizer: HttpSynthesizer, voice: Voice) -> float:
    """How long the server takes to the first audio of a word.

    Raises:
        SpeechUnavailable: it gave none.
    """
    start = time.monotonic()
    async with aclosing(synthesizer.speak("Hello.", voice)) as audio:
        async for _ in audio:
            break
    return (time.monotonic() - start) * 1000
