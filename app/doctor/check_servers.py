"""Checks of the other speech servers: those of the chain, and the one that transcribes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from app.doctor.check_speech import first_audio_ms
from app.doctor.findings import Finding, Grade
from pipeline.errors import SpeechUnavailable, WordsUnavailable
from pipeline.personas import personas
from server.hearing.remote import RemoteTranscriber
from server.synthesis.client import HttpSynthesizer
from settings import Settings

CHAIN, WORDS = "speech chain", "speech to text"


async def check_chain(settings: Settings) -> Sequence[Finding]:
    """Synthesize a word in the agent's voice on each further speech server; none without any."""
    voice = personas(settings.agents, settings.openclaw.agent_id)[settings.openclaw.agent_id].voice
    found = []
    for number, server in enumerate(settings.tts.servers()[1:], 2):
        async with HttpSynthesizer(server, setting="TTS__CHAIN") as synthesizer:
            try:
                ms = await first_audio_ms(synthesizer, voice)
            except SpeechUnavailable as error:
                advice = "correct TTS__CHAIN in .env, or start the server; the next one speaks then"
                found.append(Finding(Grade.WARN, CHAIN, f"number {number}: {error}", advice))
                continue
            words = f"number {number}: first audio from {synthesizer.address} after {ms:.0f} ms"
            found.append(Finding(Grade.OK, CHAIN, words))
    return found


async def check_words(settings: Settings) -> Sequence[Finding]:
    """Have the server of speech to text transcribe a second of silence; none without one."""
    stt = settings.pipeline.stt
    if stt.url is None:
        return []
    with RemoteTranscriber(stt) as remote:
        try:
            ms = await asyncio.to_thread(remote.check)
        except WordsUnavailable as error:
            advice = "correct PIPELINE__STT__URL or PIPELINE__STT__API_KEY in .env"
            grade = Grade.WARN if stt.stand_in else Grade.FAIL
            return [Finding(grade, WORDS, str(error), advice)]
    return [Finding(Grade.OK, WORDS, f"a second took {ms:.0f} ms at {remote.address}")]
