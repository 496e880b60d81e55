"""One sentence's audio from a server's bytes to what is said: sniff, decode, resample, trim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import av
import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from server.audio.decode import Decoder, decoder_for
from server.audio.resample import Resampler
from server.audio.sniff import sniff
from server.audio.trim import SilenceTrimmer

_RATE_PARAMETER: Final = re.compile(r"\brate=(\d{4,6})\b")


class AudioStream:
    """Bytes in, 48 kHz mono out. No I/O.

    ``pcm_rate`` is that of raw samples, where they are recognised at all: only when they were
    ``asked_for_pcm``.
    """

    def __init__(
        self, *, pcm_rate: int, asked_for_pcm: bool, trim_leading: bool, max_trailing_ms: int
    ) -> None:
        self._pcm_rate = pcm_rate
        self._asked_for_pcm = asked_for_pcm
        self._head = b""
        self._decoder: Decoder | None = None
        self._resampler = Resampler()
        self._trimmer = SilenceTrimmer(leading=trim_leading, max_trailing_ms=max_trailing_ms)
        self._decoded = 0
        self._said_samples = 0

    @property
    def decoded_s(self) -> float:
        """Seconds of audio decoded so far, silence included."""
        return self._decoded / SPOKEN_RATE

    @property
    def said_s(self) -> float:
        """Seconds of audio that came out so far, without the silence around it."""
        return self._said_samples / SPOKEN_RATE

    @property
    def sounded(self) -> bool:
        """Whether there was anything to be heard so far, not only silence."""
        return self._trimmer.sounded

    def feed(self, data: bytes) -> Pcm16:
        """What ``data`` completes, ``int16[n]``; may be empty.

        Raises:
            Undecodable: the bytes are no audio.
        """
        if self._decoder is None:
            self._head += data
            self._decoder = self._choose(complete=False)
            if self._decoder is None:
                return np.empty(0, np.int16)
            data, self._head = self._head, b""
        return self._said(self._decoder.feed(data))

    def finish(self) -> Pcm16:
        """What was held back, after the last byte.

        Raises:
            Undecodable: the bytes are no audio.
        """
        decoder = self._decoder or self._choose(complete=True)
        assert decoder is not None  # with all of it there, something is always chosen
        said = self._said(decoder.feed(self._head) + decoder.finish())
        return np.concatenate((said, self._trimmed(self._resampler.finish())))

    def _choose(self, *, complete: bool) -> Decoder | None:
        container = sniff(self._head, complete=complete, asked_for_pcm=self._asked_for_pcm)
        return None if container is None else decoder_for(container, self._pcm_rate)

    def _said(self, frames: Iterable[av.AudioFrame]) -> Pcm16:
        parts = [self._resampler.feed(frame) for frame in frames]
        return self._trimmed(np.concatenate(parts) if parts else np.empty(0, np.int16))

    def _trimmed(self, pcm: Pcm16) -> Pcm16:
        self._decoded += pcm.size
        said = self._trimmer.feed(pcm)
        self._said_samples += said.size
        return said


def rate_in(content_type: str) -> int | None:
    """The sample rate that ``audio/pcm;rate=22050`` and ``audio/L16; rate=24000`` carry."""
    found = _RATE_PARAMETER.search(content_type)
    rate = int(found[1]) if found else 0
    return rate if 4_000 <= rate <= 192_000 else None
