"""MP3 as it arrives: one file, or several with their tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import av

from server.errors import Undecodable

_TAG: Final = b"ID3"
_TAG_HEADER: Final = 10


class Mp3Decoder:
    """MPEG layer III, frame by frame, past whatever ID3v2 tags there are."""

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("mp3", "r")
        self._untagged = TagFilter()

    def feed(self, data: bytes) -> list[av.AudioFrame]:
        return self._decode(self._parse(self._untagged.feed(data)))

    def finish(self) -> list[av.AudioFrame]:
        rest = self._parse(self._untagged.finish())
        return self._decode([*rest, *self._codec.parse(b""), None])

    def _parse(self, data: bytes) -> list[av.Packet[Any]]:
        # No bytes at all would mean the end to the parser.
        return self._codec.parse(data) if data else []

    def _decode(self, packets: Sequence[av.Packet[Any] | None]) -> list[av.AudioFrame]:
        frames: list[av.AudioFrame] = []
        for packet in packets:
            try:
                frames += self._codec.decode(packet)
            except av.InvalidDataError:
                # A damaged frame is 24 ms of a sentence: the rest of it is worth more.
                continue
            except av.FFmpegError as error:
                raise Undecodable(f"MP3 that cannot be decoded: {error}") from error
        return frames


class TagFilter:
    """Takes the ID3v2 tags out of a stream, wherever they stand: pictures in them look like audio.

    Layout: id3.org, ID3v2.4 section 3.1.
    """

    def __init__(self) -> None:
        self._held = b""
        self._skip = 0

    def feed(self, data: bytes) -> bytes:
        """``data`` without tags; the beginning of what may be one waits for the rest."""
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
        """What was held back, after the last byte."""
        held, self._held = self._held, b""
        return held


def _next_tag(data: bytes, at: int) -> int:
    """Where a tag begins at or after ``at``, or what may be the beginning of one at the end."""
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
    """Length of the tag that begins with these ten bytes; 0 when they are none."""
    version, revision, flags, size = head[3], head[4], head[5], head[6:10]
    if version == 0xFF or revision == 0xFF or max(size) > 0x7F:
        return 0
    length = 0
    for byte in size:
        length = length << 7 | byte
    return _TAG_HEADER + length + (_TAG_HEADER if flags & 0x10 else 0)
