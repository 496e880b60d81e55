"""The two audio formats of the pipeline, and the conversions between them.

Input from speakers is 16 kHz mono, output to the room 48 kHz mono, both as ``int16[n]``. The models
take ``float32[n]`` in -1..1.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pcm16: TypeAlias = NDArray[np.int16]
"""Signed 16-bit samples, mono, ``int16[n]``."""

Samples: TypeAlias = NDArray[np.float32]
"""Samples for a model, mono 16 kHz, ``float32[n]`` in -1..1."""

FRAME_MS: Final = 20
HEARD_RATE: Final = 16_000
HEARD_FRAME: Final = HEARD_RATE * FRAME_MS // 1000
"""Samples in one frame of input (320)."""
SPOKEN_RATE: Final = 48_000
SPOKEN_FRAME: Final = SPOKEN_RATE * FRAME_MS // 1000
"""Samples in one frame of output (960)."""


def to_samples(pcm: Pcm16) -> Samples:
    """``int16[n]`` to ``float32[n]`` in -1..1."""
    return pcm.astype(np.float32) / 32768.0


def level_db(pcm: Pcm16) -> float:
    """RMS level in dB below full scale; -120 for digital silence or an empty array."""
    if pcm.size == 0:
        return -120.0
    rms = float(np.sqrt(np.mean(np.square(pcm.astype(np.float64)))))
    return -120.0 if rms < 32768e-6 else 20.0 * float(np.log10(rms / 32768.0))
