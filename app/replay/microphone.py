"""Recordings as microphones: any file that FFmpeg reads, as 16 kHz mono audio."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np

from pipeline.audio import HEARD_RATE, Pcm16

LONGEST_S: Final = 4 * 3600
"""The longest recording that is read."""


class UnreadableSound(Exception):
    """A file is not a recording; the message has its name and the reason."""


@dataclass(frozen=True, slots=True)
class Microphone:
    """What one person's microphone recorded: 16 kHz mono ``int16[n]``."""

    name: str
    audio: Pcm16

    @property
    def seconds(self) -> float:
        return self.audio.size / HEARD_RATE


def read_microphone(path: Path, name: str | None = None) -> Microphone:
    """The recording in a file; its speaker is ``name``, or the file's name without its ending.

    Raises:
        UnreadableSound: there is no such file, it is no recording, or it is too long.
    """
    return Microphone(name or path.stem, read_sound(path))


def read_sound(path: Path) -> Pcm16:
    """The first audio stream of a file as 16 kHz mono ``int16[n]``.

    Raises:
        UnreadableSound: there is no such file, it is no recording, or it is too long.
    """
    if not path.is_file():
        raise UnreadableSound(f"there is no recording {path}")
    resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
    parts: list[Pcm16] = []
    samples = 0
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise UnreadableSound(f"{path} has no audio")
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray()[0].astype(np.int16))
                    samples += parts[-1].size
                if samples > LONGEST_S * HEARD_RATE:
                    raise UnreadableSound(
                        f"{path} is longer than {LONGEST_S // 3600} hours: cut it"
                    )
            parts += [part.to_ndarray()[0].astype(np.int16) for part in resampler.resample(None)]
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnreadableSound(
            f"{path} cannot be read as audio ({error}); WAV, FLAC, OGG and MP3 can"
        ) from error
    if not samples:
        raise UnreadableSound(f"{path} has no audio")
    return np.concatenate(parts)
