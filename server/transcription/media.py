"""The audio of an uploaded file, decoded by FFmpeg a piece at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import BinaryIO, Final

import av
import numpy as np
from av.container import InputContainer

from pipeline.audio import HEARD_RATE, Samples, to_samples
from server.audio.media_file import open_media
from server.audio.resample import Resampler
from server.errors import UnreadableMedia

_PIECE: Final = HEARD_RATE
"""Samples of a piece, at least: one second."""


def read_media(file: BinaryIO) -> Generator[Samples, None, None]:
    """The first audio track of ``file``, also of a video, as 16 kHz mono ``float32[n]`` pieces.

    The file must be seekable. Of a damaged one, the readable part is decoded. Closing the generator
    closes FFmpeg's reader, and leaves the file open.

    Raises:
        UnreadableMedia: the file is empty, is of no format that FFmpeg knows, or has no audio.
    """
    decoded = 0
    problem: Exception | None = None
    container = _opened(file)
    with container:
        if not container.streams.audio:
            raise UnreadableMedia("the file has no audio track: it is a picture or a silent video")
        resampler = Resampler(HEARD_RATE)
        parts: list[np.ndarray] = []
        size = 0
        frames = _frames(container)
        try:
            for frame in frames:
                pcm = resampler.feed(frame)
                parts.append(pcm)
                size += pcm.size
                if size >= _PIECE:
                    yield to_samples(np.concatenate(parts))
                    decoded += size
                    parts, size = [], 0
        except (av.FFmpegError, IndexError, ValueError) as error:
            problem = error
        parts.append(resampler.finish())
        rest = np.concatenate(parts)
        decoded += rest.size
        if rest.size:
            yield to_samples(rest)
    if not decoded:
        raise UnreadableMedia(f"the audio cannot be decoded: {_reason(problem)}")


def _opened(file: BinaryIO) -> InputContainer:
    if not file.read(1):
        raise UnreadableMedia("the file is empty")
    file.seek(0)
    try:
        return open_media(file)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise UnreadableMedia(
            f"the file is not audio that can be read here ({_reason(error)}): send wav, flac, mp3, "
            "m4a, mp4, ogg, opus, webm, aac or another that FFmpeg decodes"
        ) from error


def _frames(container: InputContainer) -> Iterable[av.AudioFrame]:
    return container.decode(container.streams.audio[0])


def _reason(error: Exception | None) -> str:
    return str(getattr(error, "strerror", None) or error or "no samples in it")
