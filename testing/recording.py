"""A recording of the conversation: all speakers in one stereo wav."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import SPOKEN_RATE, Pcm16

_HEADROOM: Final = 0.7


class Recording:
    """Collects speech with its times, and mixes it to 48 kHz stereo.

    Times are seconds of one clock. The recording begins with the first sound.
    """

    def __init__(self) -> None:
        self._tracks: list[tuple[float, Pcm16, float]] = []

    def add(self, at: float, pcm: Pcm16, pan: float = 0.0) -> None:
        """Add 48 kHz mono ``int16[n]`` from ``at`` on; ``pan`` is -1 (left) to 1 (right)."""
        if pcm.size:
            self._tracks.append((at, pcm, pan))

    def mix(self) -> NDArray[np.int16]:
        """``int16[n, 2]``."""
        if not self._tracks:
            return np.zeros((0, 2), np.int16)
        begin = min(at for at, _, _ in self._tracks)
        placed = [(round((at - begin) * SPOKEN_RATE), pcm, pan) for at, pcm, pan in self._tracks]
        out = np.zeros((max(start + pcm.size for start, pcm, _ in placed), 2), np.float32)
        for start, pcm, pan in placed:
            gains = np.array([min(1.0, 1.0 - pan), min(1.0, 1.0 + pan)], np.float32) * _HEADROOM
            out[start : start + pcm.size] += pcm[:, np.newaxis] * gains
        return np.clip(out, -32768, 32767).astype(np.int16)

    def save(self, path: Path) -> float:
        """Write the wav; returns its length in seconds."""
        samples = self.mix()
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SPOKEN_RATE)
            file.writeframes(samples.tobytes())
        return len(samples) / SPOKEN_RATE
