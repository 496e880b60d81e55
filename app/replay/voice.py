"""The embedded voices for a replay, without a server."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.audio import Pcm16
from pipeline.ports import Voice
from server.audio.resample import Resampler, mono_frame
from server.engines.espeak import EspeakEngine
from server.engines.voices import DEFAULT_VOICE, at_speed, find_voice
from server.errors import UnknownVoice


def embedded_voice() -> Callable[[str, Voice], Pcm16]:
    """A function that speaks a text: 48 kHz mono ``int16[n]``. Blocks while it synthesises."""
    engine = EspeakEngine()

    def speak(text: str, voice: Voice) -> Pcm16:
        try:
            found = find_voice(voice.name or DEFAULT_VOICE)
        except UnknownVoice:
            found = find_voice(DEFAULT_VOICE)
        pcm = np.frombuffer(b"".join(engine.synthesize(text, at_speed(found, voice.speed))), "<i2")
        resampler = Resampler()
        return np.concatenate([resampler.feed(mono_frame(pcm, engine.rate)), resampler.finish()])

    return speak
