"""Audio files of any format, for the commands that listen to them."""

from __future__ import annotations

from collections.abc import Iterable
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


def read_all(files: Iterable[Path]) -> list[Pcm16]:
    """The audio of each file, as `read_audio`.

    Raises:
        UnreadableAudio: with a line for every file that cannot be used.
    """
    audio: list[Pcm16] = []
    problems: list[str] = []
    for file in files:
        try:
            audio.append(read_audio(file))
        except UnreadableAudio as error:
            problems.append(str(error))
    if problems:
        raise UnreadableAudio("\n".join(dict.fromkeys(problems)))
    return audio


def read_audio(file: Path) -> Pcm16:
    """The audio of any file that FFmpeg reads alone, no list of files: ``int16[n]``, 16 kHz mono.

    Raises:
        UnreadableAudio: the file does not exist, has no audio that FFmpeg can read, has samples
            that are no finite numbers, or is too long.
    """
    if not file.is_file():
        raise UnreadableAudio(f"{file} {'is not a file' if file.exists() else 'does not exist'}")
    parts: list[Pcm16] = []
    samples = 0
    try:
        if not file.stat().st_size:
            raise UnreadableAudio(f"{file} is empty")
        kind = _HEADERLESS.get(file.suffix.lower())
        with file.open("rb") as data, open_media(data, kind=kind) as container:
            if not container.streams.audio:
                raise UnreadableAudio(f"{file} has no audio in it")
            # In 16 bits: FFmpeg makes the sum of two channels louder in floating point.
            resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
            for frame in container.decode(audio=0):
                _check_numbers(frame, file, samples / HEARD_RATE)
                parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
                samples += frame.samples * HEARD_RATE // max(frame.sample_rate, 1)
                if samples > LONGEST_S * HEARD_RATE:
                    raise UnreadableAudio(
                        f"{file} is longer than {LONGEST_S // 3600} hours: cut it into parts"
                    )
            parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.FFmpegError, ValueError, IndexError) as error:
        if samples:
            at = f"{samples / HEARD_RATE:.1f} s"
            raise UnreadableAudio(f"{file} is damaged or cut off after {at}") from error
        raise UnreadableAudio(
            f"{file} is not audio that is known here, or it is damaged or cut off"
        ) from error
    except OSError as error:
        raise UnreadableAudio(f"{file} cannot be read: {error.strerror or error}") from error
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
