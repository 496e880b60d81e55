"""Rendered speech, and its echo in a microphone beside a loudspeaker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.echo.detector import LONGEST_DELAY_MS, WINDOW_MS, EchoMemory, EchoResult
from server.engines.espeak import EspeakEngine, EspeakVoice

Sound = NDArray[np.float64]

STORY: Final = (
    "Once upon a time there was a village by the sea. Every evening the boats came home with the "
    "tide. The children waited on the old stone wall. And the moon rose slowly over the water."
)
TALK: Final = (
    "No wait, that is not what I meant at all, tell me about the other one. We should meet "
    "tomorrow at noon, do you have time for lunch? Did you watch the game last night?"
)
CHECK_SAMPLES: Final = HEARD_RATE * 60 // 1000
"""Samples at 16 kHz between two echo checks."""
_WINDOW: Final = HEARD_RATE * WINDOW_MS // 1000
_BEFORE: Final = HEARD_RATE * LONGEST_DELAY_MS // 1000


def spoken(engine: EspeakEngine, text: str, voice: EspeakVoice) -> Sound:
    """``text`` at 16 kHz, its loudest sample at 0.5."""
    pcm = np.frombuffer(b"".join(engine.synthesize(text, voice)), np.int16).astype(np.float64)
    times = np.arange(int(pcm.size * HEARD_RATE / engine.rate)) * engine.rate / HEARD_RATE
    sound = np.interp(times, np.arange(pcm.size), pcm)
    return np.asarray(0.5 * sound / np.abs(sound).max())


def echo_of(sound: Sound, delay_ms: float, reverb_s: float, seed: int) -> Sound:
    """The echo of ``sound`` in a microphone beside a small loudspeaker; its RMS is 0.03."""
    tail = np.arange(int(reverb_s * HEARD_RATE))
    room = np.random.default_rng(seed).normal(0, 0.25, tail.size) * np.exp(-6.9 * tail / tail.size)
    room[0] = 1.0
    spectrum = np.fft.rfft(np.tanh(2 * sound))
    hertz = np.maximum(np.fft.rfftfreq(sound.size, 1 / HEARD_RATE), 1)
    small = 1 / (1 + (250 / hertz) ** 4) / (1 + (hertz / 5500) ** 6)
    heard = np.convolve(np.fft.irfft(spectrum * small, sound.size), room)
    late = np.concatenate((np.zeros(int(delay_ms * HEARD_RATE / 1000)), heard))[: sound.size]
    return 0.03 * late / level(late)


def level(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound**2))) + 1e-9


def as_pcm(sound: Sound) -> Pcm16:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


def echo_checks(memory: EchoMemory, mic: Sound, played: Sound) -> Iterator[tuple[int, EchoResult]]:
    """The end of each echo check, in samples, and its verdict; pauses are not checked."""
    loud = level(mic)
    for end in range(_WINDOW + _BEFORE, mic.size, CHECK_SAMPLES):
        heard = mic[end - _WINDOW : end]
        if level(heard[-HEARD_RATE // 10 :]) > 0.25 * loud:
            before = played[end - _WINDOW - _BEFORE : end]
            yield end, memory.classify(as_pcm(heard), as_pcm(before))
