"""Whether all of a text was said without a pause: Whisper's inventions come behind one.

"How do you say this? Thanks for watching." is said in one breath. Where Whisper makes the second
sentence up, it fills the silence behind the first, or the audio is too short for both.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.syllables import syllable_count

_SPAN: Final = HEARD_RATE // 10
_BELOW_DB: Final = 25.0
"""Speech is quieter than its loudest syllable by less than this."""
_LONGEST_PAUSE: Final = 4
"""Spans of 100 ms without a syllable in speech without a pause."""
_SYLLABLES_A_SECOND: Final = 5.5
_LONGEST: Final = 1000


def is_in_one_breath(text: str, audio: Samples) -> bool:
    """Whether the words fill ``float32[n]``, 16 kHz, which has no pause between them or behind."""
    if audio.size < _SPAN or len(text) > _LONGEST:
        return False
    spans = audio[: audio.size // _SPAN * _SPAN].reshape(-1, _SPAN).astype(np.float64)
    power = np.mean(np.square(spans), axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-_BELOW_DB / 10))
    if loud.size == 0:
        return False
    gaps = np.diff(np.append(loud, power.size)) - 1
    seconds = (int(loud[-1]) - int(loud[0]) + 1) / 10
    return (
        int(gaps.max()) <= _LONGEST_PAUSE and syllable_count(text) <= _SYLLABLES_A_SECOND * seconds
    )
