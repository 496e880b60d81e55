"""Audio of any length, decoded in windows of 30 s, each from the last closed timestamp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.hallucinations import loudness_db
from pipeline.inference.whisper_decoder import Decoding

WINDOW: Final = 30 * HEARD_RATE
_LEAST: Final = 5 * HEARD_RATE
"""A window that closed less than this is cut at a quiet place instead."""
_SEARCHED: Final = 4 * HEARD_RATE
_QUIET: Final = HEARD_RATE // 10
_SHORTEST_REST: Final = HEARD_RATE // 5
_LEAST_HEARD: Final = HEARD_RATE
_LEFT_OUT: Final = 3 * HEARD_RATE // 2
"""Audio behind the last word that may hold speech which the decoder left out."""
_TIMESTAMP_ERROR: Final = HEARD_RATE // 2
_QUIETER_DB: Final = 15.0
"""Behind the words, noises are quieter than speech by more than this."""

_NO_SOUND_DB: Final = -80.0
"""Quieter than any room: zeros, or the last bit of 16."""


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """The text of one window, of which ``text`` is used, and the window's audio."""

    audio: Samples
    decoding: Decoding
    text: str
    start: int = 0
    """Where the window begins, in samples."""


def decode_long(audio: Samples, decode: Callable[[Samples], Decoding]) -> Iterator[DecodedWindow]:
    """The windows of ``float32[n]``, 16 kHz; ``decode`` decodes 30 s at most.

    What follows the last closed segment of a window belongs to the next one. The last window is
    used as a whole, unless the decoder stops a long way before the end of the speech. Windows of a
    microphone that is switched off are passed over, but for the last.
    """
    at = 0
    while True:
        window = audio[at : at + WINDOW]
        if at + WINDOW >= audio.size:
            decoding = decode(window)
            until = round(decoding.closed_until * HEARD_RATE)
            if not _leaves_speech_out(window, decoding, until):
                yield DecodedWindow(window, decoding, decoding.text, at)
                return
            yield DecodedWindow(window[:until], decoding, decoding.closed_text, at)
            at += until
            continue
        if loudness_db(window) < _NO_SOUND_DB:
            at += WINDOW
            continue
        decoding = decode(window)
        text, until = decoding.closed_text, round(decoding.closed_until * HEARD_RATE)
        if until < _LEAST:
            # No segment is closed: the window ends at a pause, and is decoded without the rest.
            until = quietest(window)
            window = window[:until]
            decoding = decode(window)
            text = decoding.text
        yield DecodedWindow(window, decoding, text, at)
        at += until
        if audio.size - at < _SHORTEST_REST:
            return


def _leaves_speech_out(audio: Samples, decoding: Decoding, until: int) -> bool:
    """Whether the text ends at ``until`` and the audio behind it is as loud as before."""
    if until < _LEAST_HEARD or audio.size - until < _LEFT_OUT:
        return False
    if decoding.closed_text != decoding.text:
        return False
    rest = audio[until + _TIMESTAMP_ERROR :]
    return loudness_db(rest) > loudness_db(audio[:until]) - _QUIETER_DB


def quietest(audio: Samples) -> int:
    """The middle of the quietest 100 ms in the last 4 s of ``float32[n]``, in samples."""
    searched = audio[-_SEARCHED:].astype(np.float64)
    power = np.convolve(np.square(searched), np.ones(_QUIET), mode="valid")
    return audio.size - searched.size + int(np.argmin(power)) + _QUIET // 2
