"""Echo detector: tells the bot's own voice, from a speaker's loudspeaker, from speech. Pure.

The played audio and the audio of a microphone are compared as spectrograms in dB, in bands, each
band without its mean. A loudspeaker, a room and a codec change the level of a band, but hardly its
course over time. An echo is alike at one delay and stays so; speech is alike here and there by
chance. So the likeness is averaged for each delay, and the delay that has proved itself counts.
(Correlation of the waves, with and without whitening, separated the two far worse.)
"""

from __future__ import annotations

from enum import Enum, auto
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, Pcm16

STEP_MS: Final = 10
LONGEST_DELAY_MS: Final = 600
"""From a frame sent to its echo received: network twice, jitter buffer, sound card, room."""
WINDOW_MS: Final = 480
"""Length of audio in one comparison."""
_UNKNOWN_DELAY_WINDOW_MS: Final = 400
"""Shortest audio that is enough while no delay is known."""
SHORTEST_MS: Final = 240
"""In shorter audio, speech resembles other speech as much as an echo does."""

_FRAME: Final = HEARD_RATE * 25 // 1000
_STEP: Final = HEARD_RATE * STEP_MS // 1000
_FFT: Final = 512
_RANGE_DB: Final = 45.0
"""Levels this far below the loudest are noise, and equal everywhere."""
_LEVEL_SHARE: Final = np.float32(0.7)
"""Share of a frame's mean over the bands that is removed: all speech begins and ends in all bands
at once."""
_SOUNDING_SHARE: Final = 0.6
"""Share of the played audio that must hold sound, so that it can have an echo."""
_SILENT_DB: Final = -60.0
_HANN: Final = np.hanning(_FRAME).astype(np.float32)
_EDGES_HZ: Final = np.geomspace(200.0, 6000.0, 17)
_BINS_HZ: Final = np.fft.rfftfreq(_FFT, 1 / HEARD_RATE)
_BANDS: Final = np.stack(
    [
        ((low <= _BINS_HZ) & (high > _BINS_HZ)).astype(np.float32)
        for low, high in pairwise(_EDGES_HZ)
    ]
)
_DELAY_TOLERANCE: Final = 3
"""Steps by which a known delay may vary: frames are sent and received on 20 ms clocks."""
_UNKNOWN_DELAY_MARGIN: Final = 0.12
"""Likeness needed in addition while no delay is known: the best of 60 is high by chance."""
_PROVEN: Final = 0.3
"""Average likeness from which a delay is known: two or three echoes in a row."""
_ECHO_WEIGHT: Final = 0.2
_SPEECH_WEIGHT: Final = 0.03
"""Weight of one more check in that average."""


def likeness_by_delay(heard: Pcm16, played: Pcm16) -> NDArray[np.float32]:
    """The likeness of ``heard`` and ``played``, -1..1, at each delay in steps of `STEP_MS`.

    Both are 16 kHz mono, ``int16[n]``; ``played`` ends when ``heard`` ends, and begins earlier. The
    first value is for no delay, the last for the difference of the lengths.
    """
    ours, sounding = _spectrogram(played)
    theirs, _ = _spectrogram(heard)
    if len(theirs) < 2 or len(ours) < len(theirs):
        return np.zeros(0, np.float32)
    wanted = theirs - theirs.mean(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view(ours, len(theirs), axis=0)
    offered = windows - windows.mean(axis=2, keepdims=True)
    alike = np.einsum("lbt,tb->l", offered, wanted)
    sizes = np.sqrt(np.einsum("lbt,lbt->l", offered, offered)) * np.linalg.norm(wanted)
    full = np.lib.stride_tricks.sliding_window_view(sounding, len(theirs)).mean(axis=1)
    possible = (sizes > 1e-3) & (full >= _SOUNDING_SHARE)
    likeness = np.divide(alike, sizes, out=np.zeros_like(alike), where=possible)
    by_delay: NDArray[np.float32] = likeness[::-1].astype(np.float32)
    return by_delay


class EchoResult(Enum):
    """The result of a check of a speaker's audio."""

    UNSURE = auto()
    MAYBE_ECHO = auto()
    """Like an echo, but too short to be sure while no delay is known."""
    ECHO = auto()
    SPEECH = auto()


class EchoMemory:
    """The echo of one microphone. From ``likeness``, 0..1, on audio counts as an echo."""

    def __init__(self, likeness: float) -> None:
        self._likeness = likeness
        self._profile = np.zeros(LONGEST_DELAY_MS // STEP_MS + 1, np.float32)

    @property
    def delay_ms(self) -> float | None:
        """The delay of this microphone's echo; None while no echo is known."""
        proven = self._profile.max() >= _PROVEN
        return float(self._profile.argmax()) * STEP_MS if proven else None

    def classify(self, heard: Pcm16, played: Pcm16) -> EchoResult:
        """Classify ``heard``; ``played`` ends with it and begins `LONGEST_DELAY_MS` before it."""
        if heard.size * 1000 < SHORTEST_MS * HEARD_RATE:
            return EchoResult.UNSURE
        profile = likeness_by_delay(heard, played)
        if profile.size != self._profile.size:
            return EchoResult.UNSURE
        delay_ms = self.delay_ms
        found = bool(profile.max() >= self._likeness + _UNKNOWN_DELAY_MARGIN)
        if delay_ms is not None:
            near = int(delay_ms) // STEP_MS
            around = profile[max(0, near - _DELAY_TOLERANCE) : near + _DELAY_TOLERANCE + 1]
            found = found or bool(around.max() >= self._likeness)
        # Speech says little about the loudspeaker.
        self._profile += (_ECHO_WEIGHT if found else _SPEECH_WEIGHT) * (profile - self._profile)
        short = heard.size * 1000 < _UNKNOWN_DELAY_WINDOW_MS * HEARD_RATE
        if self.delay_ms is None and short:
            return EchoResult.MAYBE_ECHO if found else EchoResult.UNSURE
        return EchoResult.ECHO if found else EchoResult.SPEECH


def _spectrogram(pcm: Pcm16) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The spectrogram, ``float32[frames, bands]`` in dB, and whether each frame holds sound.

    Quiet bands are raised to a floor, and most of the frame's level is removed.
    """
    if pcm.size < _FRAME:
        return np.zeros((0, len(_BANDS)), np.float32), np.zeros(0, np.bool_)
    samples = pcm.astype(np.float32) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_STEP] * _HANN
    power = np.abs(np.fft.rfft(frames, _FFT)).astype(np.float32) ** 2 @ _BANDS.T
    level_db = 10 * np.log10(power + 1e-9)
    floor_db = level_db.max() - _RANGE_DB
    shape_db = np.maximum(level_db, floor_db)
    shape_db -= _LEVEL_SHARE * shape_db.mean(axis=1, keepdims=True)
    return shape_db, level_db.max(axis=1) > max(floor_db, _SILENT_DB)
