"""Speech as an audio file for any phone: Opus in Ogg, some 3 KB a second."""

from __future__ import annotations

import io
from typing import Final

import av
import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16

_BIT_RATE: Final = 24_000
_FRAME: Final = SPOKEN_RATE // 50


def ogg_opus(pcm: Pcm16) -> bytes:
    """48 kHz mono ``int16[n]`` as an Ogg file; takes a few milliseconds for a second of speech."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SPOKEN_RATE, layout="mono")
        stream.bit_rate = _BIT_RATE
        missing = -pcm.size % _FRAME if pcm.size else _FRAME
        whole = np.pad(pcm, (0, missing))
        for start in range(0, whole.size, _FRAME):
            frame = av.AudioFrame.from_ndarray(
                whole[np.newaxis, start : start + _FRAME], format="s16", layout="mono"
            )
            frame.rate, frame.pts = SPOKEN_RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
