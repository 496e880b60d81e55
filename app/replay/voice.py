"""The embedded voices for a replay, without a server."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.audio import Pcm16
from pipeline.ports import Voice
from server.audio.resample import Resampler, mono_frame
from server.engines.choice import open_voices
from server.engines.voices import DEFAULT_VOICE
from server.errors import UnknownVoice
from settings import Settings


def embedded_voice(settings: Settings) -> Callable[[str, Voice], Pcm16]:
    """A function that speaks a text: 48 kHz mono ``int16[n]``. Blocks while it synthesises."""
    voices = open_voices(settings.server, settings.models)

    def speak(text: str, voice: Voice) -> Pcm16:
        try:
            spoken = voices.speak(text, voice.name or DEFAULT_VOICE, voice.speed)
        except UnknownVoice:
            spoken = voices.speak(text, DEFAULT_VOICE, voice.speed)
        pcm = np.frombuffer(b"".join(spoken.chunks), "<i2")
        resampler = Resampler()
        return np.concatenate([resampler.feed(mono_frame(pcm, spoken.rate)), resampler.finish()])

    return speak
