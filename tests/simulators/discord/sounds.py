"""Tones, and how to recognise them."""

from __future__ import annotations

import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from simulators.discord.codec import PersonEncoder


def tone(hertz: float, seconds: float) -> Pcm16:
    """``int16[n]``, 48 kHz."""
    at = np.arange(int(SPOKEN_RATE * seconds)) / SPOKEN_RATE
    return (np.sin(2 * np.pi * hertz * at) * 9000).astype(np.int16)


def pitch(pcm: Pcm16) -> float:
    """The strongest frequency of ``int16[n]`` at 48 kHz, in Hz."""
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(pcm.size)))
    return float(np.argmax(spectrum)) * SPOKEN_RATE / pcm.size


def frames(hertz: float = 440, seconds: float = 0.2) -> list[bytes]:
    """A tone as Opus frames."""
    microphone, pcm = PersonEncoder(), tone(hertz, seconds)
    return [microphone.encode(pcm[i : i + 960]) for i in range(0, pcm.size, 960)]
