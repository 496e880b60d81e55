"""The audio that a page sends: checked, resampled to 16 kHz, and kept to real time."""

from __future__ import annotations

from typing import Final

import av
import numpy as np

from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16, level_db
from web.errors import TalkRefused
from web.talk.opus import AudioForm, PageOpusDecoder

LOWEST_RATE: Final = 8_000
HIGHEST_RATE: Final = 96_000
LATE_S: Final = 0.06
"""As `pipeline.listening.audio_input.ZEROS_AFTER_S`: zeros take the place of what is later."""
LEAD_S: Final = 0.1
"""Quiet audio that comes so much ahead of time is dropped. Without that, each burst after a delay
would move all later audio for the rest of the call."""
LONGEST_LEAD_S: Final = 1.0
"""Any audio so far ahead is dropped: it is not from a microphone."""
QUIET_DB: Final = -50.0
_MOST_DROPPED_S: Final = 20.0


class PageMicrophone:
    """One page's microphone. Times are seconds on the room's clock."""

    def __init__(self, rate: int, form: AudioForm = "pcm") -> None:
        """``rate`` is the one of its samples; Opus has 48 kHz always.

        Raises:
            TalkRefused: no microphone has that sample rate.
        """
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise TalkRefused(f"the sample rate is {LOWEST_RATE} to {HIGHEST_RATE} Hz, not {rate}")
        self._opus = PageOpusDecoder() if form == "opus" else None
        self._rate = rate if self._opus is None else SPOKEN_RATE
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARD_RATE)
        self._end = float("-inf")
        """The time up to which there is audio."""
        self._dropped_s = 0.0

    def take(self, block: bytes, now: float) -> Pcm16 | None:
        """16 kHz mono ``int16[n]`` of a block (16 bits little-endian at the page's rate, or a
        packet of Opus), or None if there is nothing to hear.

        Raises:
            TalkRefused: it is no audio, or far more than a microphone gives.
        """
        pcm = self._samples(block)
        seconds = pcm.size / self._rate
        end = max(self._end, now - LATE_S) + seconds
        lead = end - now
        if lead > LONGEST_LEAD_S or (lead > LEAD_S and level_db(pcm) < QUIET_DB):
            if lead > LONGEST_LEAD_S:
                self._dropped_s += seconds
            if self._dropped_s > _MOST_DROPPED_S:
                raise TalkRefused("the page sends audio faster than real time")
            return None
        self._end = end
        heard = self._resampled(pcm)
        return heard if heard.size else None

    def _samples(self, block: bytes) -> Pcm16:
        if self._opus is not None:
            return self._opus.decode(block)
        if not block or len(block) % 2:
            raise TalkRefused("a block of audio is not empty, and has 2 bytes a sample")
        return np.frombuffer(block, "<i2").astype(np.int16)

    def _resampled(self, pcm: Pcm16) -> Pcm16:
        if self._rate == HEARD_RATE:
            return pcm
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._rate
        parts = [each.to_ndarray().reshape(-1) for each in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.empty(0, np.int16)
