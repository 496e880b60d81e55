"""The decoder of an MP3 stream: one file, or several with their tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import av

from server.errors import Undecodable

_TAG: Final = b"ID3"
_TAG_HEADER: Final = 10


class Mp3Decoder:
    """Decodes MPEG layer III frame by frame, and skips ID3v2 tags."""

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("mp3", "r")
        self._untagged = TagFilter()

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        return self._decode(self._parse(self._untagged.feed(data)))

    def finish(self) -> list[av.AudioFrame]:
        rest = self._parse(self._untagged.finish())
        return self._decode([*rest, *self._codec.parse(b""), None])

    def _parse(self, data: bytes) -> list[av.Packet[Any]]:
        # The parser takes empty input for the end.
        return self._codec.parse(data) if data else []

    def _decode(self, packets: Sequence[av.Packet[Any] | None]) -> list[av.AudioFrame]:
        frames: list[av.AudioFrame] = []
        for packet in packets:
            try:
                frames += self._codec.decode(packet)
            except av.InvalidDataError:
                # A damaged frame costs 24 ms of the sentence; the rest is still worth playing.
                continue
            except av.FFmpegError as error:
                raise Undecodable(f"MP3 that cannot be decoded: {error}") from error
        return frames


class TagFilter:
    """Removes all ID3v2 tags from a stream: pictures in them look like audio.

    Layout: id3.org, ID3v2.4 section 3.1.
    """

    def __init__(self) -> None:
        self._held = b""
        self._skip = 0

    def feed(self, data: bytes) -> bytes:
        """``data`` without tags. The beginning of a possible tag is held back."""
        data = self._held + data
        kept: list[bytes] = []
        at = 0
        while True:
            skipped = min(self._skip, len(data) - at)
            self._skip -= skipped
            at += skipped
            begin = _next_tag(data, at)
            kept.append(data[at:begin])
            if len(data) < begin + _TAG_HEADER:
                self._held = data[begin:]
                return b"".join(kept)
            self._skip, at = _tag_bytes(data[begin : begin + _TAG_HEADER]), begin

    def finish(self) -> bytes:
        """The bytes held back, after the last byte."""
        held, self._held = self._held, b""
        return held


def _next_tag(data: bytes, at: int) -> int:
    """The index of the next tag at or after ``at``, or of a possible beginning at the end."""
    while (begin := data.find(_TAG, at)) >= 0:
        head = data[begin : begin + _TAG_HEADER]
        if len(head) < _TAG_HEADER or _tag_bytes(head):
            return begin
        at = begin + 1
    for held in (2, 1):
        if len(data) - held >= at and data.endswith(_TAG[:held]):
            return len(data) - held
    return len(data)


def _tag_bytes(head: bytes) -> int:
    """The length of the tag with this ten-byte header; 0 if it is not a header."""
    version, revision, flags, size = head[3], head[4], head[5], head[6:10]
    if version == 0xFF or revision == 0xFF or max(size) > 0x7F:
        return 0
    length = 0
    for byte in size:
        length = length << 7 | byte
    return _TAG_HEADER + length + (_TAG_HEADER if flags & 0x10 else 0)
