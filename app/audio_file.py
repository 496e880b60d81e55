"""Audio files of any format, for the commands that listen to them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av
import numpy as np

from pipeline.audio import HEARD_RATE, Pcm16
from server.audio.media_file import open_media

LONGEST_S: Final = 4 * 3600
"""The longest file that is read."""
_HEADERLESS: Final = {".g722": "g722"}
"""Formats that FFmpeg does not recognise by their content."""

_FLOATS: Final = ("flt", "fltp", "dbl", "dblp")
"""FFmpeg's sample formats in floating point."""


class UnreadableAudio(Exception):
    """A file has no audio to use; the message has the file and the reason."""


def read_audio(file: Path) -> Pcm16:
    """The audio of any file that FFmpeg reads alone, no list of files: ``int16[n]``, 16 kHz mono.

    Raises:
        UnreadableAudio: the file does not exist, has no audio that FFmpeg can read, has samples
            that are no finite numbers, or is too long.
    """
    if not file.is_file():
        raise UnreadableAudio(f"{file} {'is not a file' if file.exists() else 'does not exist'}")
    parts: list[Pcm16] = []
    try:
        kind = _HEADERLESS.get(file.suffix.lower())
        with file.open("rb") as data, open_media(data, kind=kind) as container:
            if not container.streams.audio:
                raise UnreadableAudio(f"{file} has no audio in it")
            # In 16 bits: FFmpeg makes the sum of two channels louder in floating point.
            resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
            samples = 0
            for frame in container.decode(audio=0):
                _check_numbers(frame, file, samples / HEARD_RATE)
                parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
                samples += frame.samples * HEARD_RATE // max(frame.sample_rate, 1)
                if samples > LONGEST_S * HEARD_RATE:
                    raise UnreadableAudio(
                        f"{file} is longer than {LONGEST_S // 3600} hours: cut it into parts"
                    )
            parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.FFmpegError, OSError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableAudio(f"{file} cannot be read as audio: {reason}") from error
    if not parts:
        raise UnreadableAudio(f"{file} has no audio in it")
    return np.concatenate(parts)


def _check_numbers(frame: av.AudioFrame, file: Path, start_s: float) -> None:
    """Refuse NaN and infinite samples, which the conversion to 16 bits turns into loud noise."""
    if frame.format.name in _FLOATS and not np.isfinite(frame.to_ndarray()).all():
        raise UnreadableAudio(
            f"{file} has a sample that is not a number or infinite, near {start_s:.1f} s: "
            "write the file again, best in 16 bits"
        )
