from __future__ import annotations

import io
import itertools

import av
import numpy as np
import pytest

from pipeline.audio import HEARD_RATE
from server.errors import UnreadableMedia
from server.transcription.media import read_media
from tests.server.sounds import encoded, wav_file


def seconds(data: bytes) -> float:
    return sum(piece.size for piece in read_media(io.BytesIO(data))) / HEARD_RATE


def test_audio_is_read_in_pieces_of_a_second() -> None:
    pieces = list(read_media(io.BytesIO(wav_file(48_000, ms=3500))))
    assert [round(piece.size / HEARD_RATE, 1) for piece in pieces[:3]] == [1.0, 1.0, 1.0]
    assert sum(piece.size for piece in pieces) == pytest.approx(3.5 * HEARD_RATE, abs=160)
    assert pieces[0].dtype == np.float32
    assert 0.2 < np.abs(np.concatenate(pieces)).max() <= 1.0


def test_only_what_is_asked_for_is_decoded() -> None:
    file = io.BytesIO(wav_file(16_000, ms=60_000))
    reading = read_media(file)
    assert len(list(itertools.islice(reading, 2))) == 2
    assert file.tell() < len(file.getvalue()) / 2
    reading.close()
    assert not file.closed


def test_the_readable_part_of_a_damaged_file_is_read() -> None:
    whole = encoded("mp3", "libmp3lame", 24_000, ms=4000)
    assert 1.5 < seconds(whole[: len(whole) // 2]) < 2.5


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\0" * 1000, "not audio that can be read"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", "not audio"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "not audio"),
    ],
)
def test_what_is_no_audio_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableMedia, match=words):
        seconds(data)


def test_a_silent_video_is_refused() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        track = file.add_stream("mpeg4", rate=25)
        track.width = track.height = 64
        track.pix_fmt = "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        file.mux([*track.encode(picture), *track.encode(None)])
    with pytest.raises(UnreadableMedia, match="no audio track"):
        seconds(out.getvalue())
