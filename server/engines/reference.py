"""The recording of a voice that is to be cloned, and whether it is good enough for that.

A cloned voice sounds like its recording, noise and room included. Ten to thirty seconds of one
person without music are enough; what is beyond thirty the model does not take.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av
import numpy as np

from pipeline.audio import Samples
from server.audio.media_file import open_media
from server.errors import EngineUnavailable

SHORTEST_S, LONGEST_S = 10.0, 30.0
_LEAST_RATE: Final = 16_000
_FRAME_S: Final = 0.03
_LOUD_DB: Final = -40.0
"""RMS of a frame with speech, in dB below full scale."""
_LEAST_SPEECH: Final = 0.3
"""Share of the frames that are that loud; of read speech some 0.7 are."""
_FULL_SCALE: Final = 0.999
_MOST_CLIPPED: Final = 1e-3


def read_reference(path: Path, rate: int) -> Samples:
    """A recording as mono ``float32[n]`` at ``rate`` Hz.

    Raises:
        EngineUnavailable: it is missing, no audio, too short or long, of too low a rate, silent or
            clipped; the text names the file and what to do.
    """
    if not path.is_file():
        raise EngineUnavailable(
            f"there is no recording {path} for the voice {path.stem!r}: put {SHORTEST_S:g} to "
            f"{LONGEST_S:g} s of one person there, as a WAV file"
        )
    found, audio = _decoded(path, rate)
    problem = _problem(found, audio, audio.size / rate)
    if problem:
        raise EngineUnavailable(f"the recording {path} cannot be cloned: {problem}")
    return audio


def _decoded(path: Path, rate: int) -> tuple[int, Samples]:
    """The rate in the file, and its audio at ``rate``."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    parts: list[Samples] = []
    try:
        with path.open("rb") as data, open_media(data) as file:
            if not file.streams.audio:
                raise EngineUnavailable(f"the recording {path} has no audio track")
            found = file.streams.audio[0].rate
            for frame in file.decode(audio=0):
                parts += [each.to_ndarray()[0] for each in resampler.resample(frame)]
            parts += [each.to_ndarray()[0] for each in resampler.resample(None)]
    except (av.FFmpegError, OSError, ValueError, IndexError) as error:
        raise EngineUnavailable(f"the recording {path} cannot be read: {error}") from error
    return found, np.concatenate([*parts, np.empty(0, np.float32)]).astype(np.float32)


def _problem(found_rate: int, audio: Samples, seconds: float) -> str:
    """Why it cannot be cloned; empty if it can."""
    if found_rate < _LEAST_RATE:
        return (
            f"its rate is {found_rate} Hz, and {_LEAST_RATE} at least are needed: record it again"
        )
    if seconds < SHORTEST_S:
        return f"it is too short: it has {seconds:.1f} s, and {SHORTEST_S:g} s are needed"
    if seconds > LONGEST_S:
        return f"it is too long: it has {seconds:.1f} s; cut it to {LONGEST_S:g} s or less"
    clipped = float(np.mean(np.abs(audio) >= _FULL_SCALE))
    if clipped > _MOST_CLIPPED:
        return f"{clipped:.1%} of its samples are clipped: record it more quietly"
    if (speech := _speech_share(audio, seconds)) < _LEAST_SPEECH:
        return f"only {speech:.0%} of it are loud enough for speech: record it louder, or cut it"
    return ""


def _speech_share(audio: Samples, seconds: float) -> float:
    count = max(1, int(seconds / _FRAME_S))
    frames = audio[: audio.size // count * count].reshape(count, -1).astype(np.float64)
    loudness = np.sqrt(np.mean(np.square(frames), axis=1))
    return float(np.mean(loudness > 10 ** (_LOUD_DB / 20)))
