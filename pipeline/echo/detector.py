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

from pipeline.audio import HEARD_RATE, Pcm16, level_db


class EchoResult(Enum):
    """The result of a check of a speaker's audio."""

    UNSURE = auto()
    """It may be either."""
    ECHO = auto()
    SPEECH = auto()


STEP_MS: Final = 10
LONGEST_DELAY_MS: Final = 600
"""From a frame sent to its echo received: network twice, jitter buffer, sound card, room."""
WINDOW_MS: Final = 480
"""Length of audio in one comparison."""
SHORTEST_MS: Final = 160
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
_WINDOWS_MS: Final = (160.0, 240.0, 300.0, 420.0)
_CLEAR_MARGINS: Final = (0.08, 0.14, 0.16, 0.14)
_QUIET_MARGINS: Final = (0.22, 0.20, 0.18, 0.14)
_SURE_MARGINS: Final = (0.32, 0.26, 0.22, 0.14)
"""Likeness needed in addition while no delay is known, by the length of the audio: the best of 60
delays is high by chance. Below the first it is speech, from the last on an echo, and between them
either. Of 300 first echoes of nine voices in as many rooms, 3 to 5 % are below the first at each
length; of 276 persons over a reply, 25 to 30 % are above the first up to 240 ms, and 4 to 5 % above
the last. The middle one is for a microphone that was quiet while a reply sounded: 10 % of the
persons are above it."""
_PROVEN: Final = 0.3
"""Average likeness from which a delay is known: two or three echoes in a row, or half a second of
audio that is almost an echo, always at the same delay."""
_LIKELY: Final = 0.1
"""Average likeness from which a delay is likely: two checks that are alike at the same delay."""
_LIKELY_MARGIN: Final = 0.1
"""Less likeness is needed to be no speech at a likely delay: chance seldom repeats a delay."""
_WEIGHTS: Final = {EchoResult.ECHO: 0.2, EchoResult.UNSURE: 0.1, EchoResult.SPEECH: 0.03}
"""Weight of one more check in that average. Speech says little about the loudspeaker."""
_GAIN_WEIGHT: Final = 0.2
"""Weight of one more echo in the average gain."""
_LOUDER_DB: Final = (2.0, 4.0)
"""Audio that is less than this louder than the expected echo gives no sign of a second voice, from
the most unlike to what is almost an echo: reverberation and a codec change an echo, and do not make
it louder."""
_TAIL_DB: Final = 8.0
"""The same while little was played: the reverberation of what was played before is left."""


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


class EchoMemory:
    """The echo of one microphone. From ``likeness``, 0..1, on audio counts as an echo.

    A delay that has proved itself is kept until another one does: a loudspeaker stays where it is.
    """

    def __init__(self, likeness: float) -> None:
        self._likeness = likeness
        self._profile = np.zeros(LONGEST_DELAY_MS // STEP_MS + 1, np.float32)
        self._delay: int | None = None
        """In steps."""
        self._gain_db: float | None = None

    @property
    def delay_ms(self) -> float | None:
        """The delay of this microphone's echo; None while no echo is known."""
        return None if self._delay is None else float(self._delay * STEP_MS)

    @property
    def gain_db(self) -> float | None:
        """How loud the echo is, compared with what was played; None while no echo is known."""
        return self._gain_db

    def classify(self, heard: Pcm16, played: Pcm16, *, was_quiet: bool = False) -> EchoResult:
        """Classify ``heard``; ``played`` ends with it and begins `LONGEST_DELAY_MS` before it.

        Both are 16 kHz mono, ``int16[n]``. ``was_quiet``: the microphone sent no sound while a
        reply was played, so that an echo is less likely.
        """
        if heard.size * 1000 < SHORTEST_MS * HEARD_RATE:
            return EchoResult.UNSURE
        profile = likeness_by_delay(heard, played)
        if profile.size != self._profile.size:
            return EchoResult.UNSURE
        result = self._result(profile, heard, played, was_quiet)
        self._profile += _WEIGHTS[result] * (profile - self._profile)
        proven = bool(self._profile.max() >= _PROVEN)
        first = proven and self._delay is None and result is EchoResult.UNSURE
        if result is EchoResult.ECHO or first:
            if proven:
                self._delay = int(self._profile.argmax())
            louder_db = self._louder_db(int(profile.argmax()), heard, played)
            known_db = louder_db if self._gain_db is None else self._gain_db
            self._gain_db = known_db + _GAIN_WEIGHT * (louder_db - known_db)
        return result

    def _result(
        self, profile: NDArray[np.float32], heard: Pcm16, played: Pcm16, was_quiet: bool
    ) -> EchoResult:
        best, length_ms = float(profile.max()), heard.size * 1000 / HEARD_RATE
        sure = self._likeness + float(np.interp(length_ms, _WINDOWS_MS, _SURE_MARGINS))
        if best >= sure:
            return EchoResult.ECHO
        if self._delay is None:
            margins = _QUIET_MARGINS if was_quiet else _CLEAR_MARGINS
            clear = self._likeness + float(np.interp(length_ms, _WINDOWS_MS, margins))
            apart = abs(int(profile.argmax()) - int(self._profile.argmax()))
            if self._profile.max() >= _LIKELY and apart <= _DELAY_TOLERANCE:
                clear -= _LIKELY_MARGIN
            # Between two sentences too little is played to compare, and the room still sounds.
            incomparable = best == 0 and level_db(played) > _SILENT_DB
            return EchoResult.UNSURE if best >= clear or incomparable else EchoResult.SPEECH
        near = slice(max(0, self._delay - _DELAY_TOLERANCE), self._delay + _DELAY_TOLERANCE + 1)
        around = float(profile[near].max())
        if around >= self._likeness:
            return EchoResult.ECHO
        louder_db = self._louder_db(self._delay, heard, played) - (self._gain_db or 0.0)
        share = max(0.0, around) / self._likeness
        enough_db = float(np.interp(share, (0.0, 1.0), _LOUDER_DB)) if around else _TAIL_DB
        return EchoResult.SPEECH if louder_db >= enough_db else EchoResult.UNSURE

    def _louder_db(self, delay: int, heard: Pcm16, played: Pcm16) -> float:
        """How much louder ``heard`` is than what was played ``delay`` steps before it."""
        end = played.size - delay * _STEP
        return level_db(heard) - level_db(played[end - heard.size : end])


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
