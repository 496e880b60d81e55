"""The reply to interrupt: a constant tone, whose level is known at any time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

TONE_RATE: Final = 48_000
TONE_DB: Final = -20.0
"""Level of the reply, RMS in dB below full scale."""
TONE_S: Final = 8.0


def tone(seconds: float = TONE_S) -> Any:
    """300 Hz, ``int16[n]`` at 48 kHz mono."""
    at = np.arange(int(seconds * TONE_RATE)) / TONE_RATE
    peak = 32768 * 10 ** (TONE_DB / 20) * np.sqrt(2)
    return (peak * np.sin(2 * np.pi * 300 * at)).astype(np.int16)
