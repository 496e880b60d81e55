"""Synthetic coughs, knocks and other noises: rough, but as loud and sudden as real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.conversation.rendering import SPEECH_LEVEL_DB, at_level
from pipeline.audio import HEARD_RATE, Samples


def _burst(ms: float, low_hz: float, high_hz: float, seed: int, rise: float) -> NDArray[np.float64]:
    """Noise in a band that swells for a share ``rise`` of its time, and dies away."""
    count = round(ms * HEARD_RATE / 1000)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / HEARD_RATE)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0
    at = np.linspace(0, 1, count)
    envelope = np.minimum(at / rise, np.exp(-4 * np.clip(at - rise, 0, None)))
    noise: NDArray[np.float64] = np.fft.irfft(spectrum, count) * envelope
    return noise


def _gap(ms: float) -> NDArray[np.float64]:
    return np.zeros(round(ms * HEARD_RATE / 1000))


def _cough() -> NDArray[np.float64]:
    return np.concatenate(
        [_burst(180, 250, 3500, 1, 0.08), _gap(140), _burst(220, 250, 3000, 2, 0.1)]
    )


def _hoarse_cough() -> NDArray[np.float64]:
    """Three bursts, which end with a voice."""
    at = np.arange(round(0.12 * HEARD_RATE)) / HEARD_RATE
    voice = np.sign(np.sin(2 * np.pi * 140 * at)) * np.hanning(at.size) * 0.1
    first, second = _burst(150, 300, 3000, 51, 0.05), _burst(160, 300, 2600, 52, 0.08)
    return np.concatenate([first, _gap(90), second, voice, _gap(200), first[::2]])


def _sneeze() -> NDArray[np.float64]:
    return np.concatenate([_burst(300, 800, 4000, 3, 0.9) * 0.2, _burst(350, 500, 6000, 4, 0.05)])


def _knock() -> NDArray[np.float64]:
    knocks = [np.concatenate([_burst(50, 60, 900, seed, 0.02), _gap(150)]) for seed in (5, 6, 7)]
    return np.concatenate(knocks)


def _keys(gaps: Sequence[float] = (70, 110, 60, 140, 90, 80, 120, 75)) -> NDArray[np.float64]:
    strokes = [
        np.concatenate([_burst(12, 1500, 7000, seed, 0.05), _gap(ms)])
        for seed, ms in enumerate(gaps, 10)
    ]
    return np.concatenate(strokes)


def _clicks() -> NDArray[np.float64]:
    """A mouse: four pairs of clicks."""
    pair = [_burst(5, 2000, 7500, 61, 0.02), _gap(85), _burst(4, 2500, 7500, 62, 0.02), _gap(240)]
    return np.concatenate(pair * 4)


def _breath() -> NDArray[np.float64]:
    """Into the microphone: in, and out."""
    return np.concatenate(
        [_burst(500, 600, 5000, 63, 0.7), _gap(250), _burst(700, 100, 2500, 64, 0.3)]
    )


def _music(roots: Sequence[float]) -> NDArray[np.float64]:
    """A major chord of plucked strings over each root, 350 ms long, with a bass; all twice."""
    at = np.arange(round(0.35 * HEARD_RATE)) / HEARD_RATE
    chords = [
        sum((_string(root * ratio, at) for ratio in (0.5, 1, 1.26, 1.5)), np.zeros(at.size))
        for root in roots
    ]
    return np.concatenate(chords * 2)


def _string(hertz: float, at: NDArray[np.float64]) -> NDArray[np.float64]:
    tones = [np.sin(2 * np.pi * number * hertz * at) / number for number in range(1, 6)]
    string: NDArray[np.float64] = np.exp(-5 * at) * np.sum(tones, axis=0)
    return string


def _laugh(first_hz: float = 260.0, gap_ms: float = 75.0) -> NDArray[np.float64]:
    """Six breaths, each a falling buzz with the colour of an open vowel."""
    breaths = []
    for number in range(6):
        count = round(0.11 * HEARD_RATE)
        at = np.arange(count) / HEARD_RATE
        pitch = first_hz - 12 * number - 250 * at
        phase = 2 * np.pi * np.cumsum(pitch) / HEARD_RATE
        vowel = sum(np.sin(k * phase) / (1 + ((k * 240 - 800) / 500) ** 2) for k in range(1, 12))
        breath = vowel * np.hanning(count) + 0.3 * _burst(110, 500, 5000, 30 + number, 0.3)
        breaths += [breath, _gap(gap_ms)]
    return np.concatenate(breaths)


_MAKERS: Final[dict[str, Callable[[], NDArray[np.float64]]]] = {
    "cough": _cough,
    "sneeze": _sneeze,
    "laugh": _laugh,
    "knock": _knock,
    "keys": _keys,
    "cough hoarse": _hoarse_cough,
    "keys fast": lambda: _keys((45, 60, 38, 90, 52, 47, 130, 44, 61, 39, 70, 55)),
    "laugh low": lambda: _laugh(165.0, 95.0),
    "laugh high": lambda: _laugh(330.0, 60.0),
    "clicks": _clicks,
    "breath": _breath,
    "music": lambda: _music((220.0, 174.6, 261.6, 196.0)),
    "music minor": lambda: _music((146.8, 220.0, 130.8, 164.8)),
}
NOISES: Final = tuple(_MAKERS)


def noise(name: str) -> Samples:
    """One of `NOISES`, as loud as speech: ``float32[n]``, 16 kHz; peaks of clicks are cut off."""
    return np.clip(at_level(_MAKERS[name]().astype(np.float32), SPEECH_LEVEL_DB), -1.0, 1.0)
