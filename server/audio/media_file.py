"""Opens audio files for FFmpeg, which then reads that file and nothing else.

Files come from strangers: uploads, answers of other speech servers, attachments. Some formats that
FFmpeg knows are lists of other files and addresses (HLS, DASH, concat, image sequences), which it
would read in the name of this machine.
"""

from __future__ import annotations

from typing import BinaryIO, Final

import av
from av.container import InputContainer

_READERS: Final = (
    "aac", "ac3", "aiff", "amr", "amrnb", "amrwb", "ape", "asf", "au", "avi", "caf", "dsf", "dts",
    "eac3", "flac", "flv", "g722", "gsm", "iff", "ircam", "loas", "matroska", "webm", "mov", "mp4",
    "m4a", "3gp", "3g2", "mj2", "mp3", "mpc", "mpc8", "mpeg", "mpegts", "mpegvideo", "mxf",
    "nistsphere", "ogg", "oma", "qcp", "rm", "sox", "tak", "truehd", "tta", "voc", "w64", "wav",
    "wv",
)  # fmt: skip
"""FFmpeg's readers of one file each."""
_OPTIONS: Final = {"format_whitelist": ",".join(_READERS), "protocol_whitelist": "none"}


def open_media(file: BinaryIO, *, kind: str | None = None) -> InputContainer:
    """Open a seekable file; closing the container leaves ``file`` open.

    ``kind`` is FFmpeg's name of its format, for formats that it does not know by their content.

    Raises:
        av.FFmpegError, ValueError, IndexError: it is of no format that may be read here.
    """
    return av.open(file, "r", format=kind, metadata_errors="replace", options=dict(_OPTIONS))
