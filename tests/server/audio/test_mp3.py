from __future__ import annotations

import numpy as np
import pytest

from server.audio.mp3 import Mp3Decoder, TagFilter
from server.synthesis.audio_stream import AudioStream
from tests.server.audio.decoding import decoded
from tests.server.sounds import PITCH_HZ, encoded, length_ms, pitch_hz


@pytest.mark.parametrize("piece", [1, 13, 10**6])
@pytest.mark.parametrize("tag", [True, False], ids=["with tag", "bare"])
def test_an_mp3_may_arrive_in_any_chunks(piece: int, *, tag: bool) -> None:
    data = encoded("mp3", "libmp3lame", 24_000)
    data = data if tag else data[data.index(b"\xff\xf3") :]
    heard = decoded(Mp3Decoder(), data, piece)
    assert 0.38 * 24_000 < heard.size < 0.52 * 24_000
    assert np.abs(heard.astype(float)).max() > 0


def test_a_tag_with_a_picture_is_skipped_whole() -> None:
    # The picture holds what looks like frame headers.
    picture = b"\xff\xfb\x90\x00" * 5000
    size = len(picture)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    plain = encoded("mp3", "libmp3lame", 24_000)
    plain = plain[plain.index(b"\xff\xf3") :]
    tagged = b"ID3\x04\x00\x00" + synchsafe + picture + plain
    assert np.array_equal(decoded(Mp3Decoder(), tagged, 777), decoded(Mp3Decoder(), plain, 777))


def test_a_damaged_mp3_frame_costs_that_frame_only() -> None:
    data = bytearray(encoded("mp3", "libmp3lame", 24_000, ms=2000))
    data[len(data) // 2 : len(data) // 2 + 40] = b"\0" * 40
    assert decoded(Mp3Decoder(), bytes(data), 500).size > 1.7 * 24_000


def tag(content: bytes, *, footer: bool = False) -> bytes:
    size = bytes((len(content) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    flags = b"\x10" if footer else b"\0"
    end = b"3DI\x04\0" + flags + size if footer else b""
    return b"ID3\x04\0" + flags + size + content + end


FRAMES_ALIKE = b"\xff\xfb\x90\x00" * 5000


@pytest.mark.parametrize("piece", [1, 777, 10**6])
@pytest.mark.parametrize("footer", [True, False])
def test_tags_are_removed_everywhere(piece: int, *, footer: bool) -> None:
    data = b"begin" + tag(FRAMES_ALIKE, footer=footer) + b"middle" + tag(b"") + b"end ID"
    tags = TagFilter()
    parts = [tags.feed(data[begin : begin + piece]) for begin in range(0, len(data), piece)]
    assert b"".join(parts) + tags.finish() == b"beginmiddleend ID"


def test_bytes_that_only_look_like_a_tag_stay() -> None:
    data = b"ID3\x04\0\0\xff\xff\xff\xff and ID3"
    tags = TagFilter()
    assert tags.feed(data) + tags.finish() == data


@pytest.mark.parametrize("piece", [13, 10**6])
def test_several_files_with_their_tags_are_all_heard(piece: int) -> None:
    files = [encoded("mp3", "libmp3lame", rate, ms=1000) for rate in (24_000, 44_100, 24_000)]
    data = b"".join(tag(FRAMES_ALIKE) + file + b"TAG" + b"x" * 125 for file in files)
    stream = AudioStream(pcm_rate=24_000, asked_for_pcm=False, trim_leading=True, max_trailing_ms=0)
    parts = [stream.feed(data[begin : begin + piece]) for begin in range(0, len(data), piece)]
    heard = np.concatenate([*parts, stream.finish()])
    assert abs(length_ms(heard) - 3000) < 300
    assert abs(pitch_hz(heard) - PITCH_HZ) < 5
