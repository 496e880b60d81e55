"""No file and no answer of a server has FFmpeg read other files or the network."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from app.audio_file import UnreadableAudio, read_audio
from server.audio.decode import WholeDecoder
from server.audio.media_file import open_media
from server.engines.reference import read_reference
from server.errors import EngineUnavailable, Undecodable, UnreadableMedia
from server.transcription.media import read_media
from tests.server.sounds import encoded, wav_file

LIST = b"ffconcat version 1.0\nfile private.wav\n"
"""A list that FFmpeg follows from the working directory."""
SESSION = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n"
"""A description of a stream, for which FFmpeg opens UDP ports."""


def whole(data: bytes) -> object:
    decoder = WholeDecoder()
    decoder.feed(data)
    return decoder.finish()


def saved(data: bytes) -> Path:
    path = Path("list.wav")
    path.write_bytes(data)
    return path


@pytest.fixture(autouse=True)
def beside_a_private_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("private.wav").write_bytes(wav_file(16_000, ms=12_000))


def test_ffmpeg_itself_would_read_the_other_file() -> None:
    with av.open(io.BytesIO(LIST), "r") as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == 12 * 16_000


@pytest.mark.parametrize("data", [LIST, SESSION], ids=["list", "session"])
@pytest.mark.parametrize(
    ("read", "error"),
    [
        (lambda data: list(read_media(io.BytesIO(data))), UnreadableMedia),
        (whole, Undecodable),
        (lambda data: read_audio(saved(data)), UnreadableAudio),
        (lambda data: read_reference(saved(data), 24_000), EngineUnavailable),
    ],
    ids=["upload", "answer of a server", "file of a command", "recording to clone"],
)
def test_no_reader_follows_a_list_or_opens_the_network(
    data: bytes, read: Callable[[bytes], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(data)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("wav", "pcm_s16le"),
        ("flac", "flac"),
        ("mp3", "libmp3lame"),
        ("mp4", "aac"),
        ("au", "pcm_s16be"),
    ],
)
def test_the_usual_formats_are_read(container: str, codec: str) -> None:
    file = io.BytesIO(encoded(container, codec, 16_000, ms=600))
    with open_media(file) as opened:
        assert sum(frame.samples for frame in opened.decode(audio=0)) >= 0.5 * 16_000
    assert not file.closed


def test_a_format_without_a_header_is_named() -> None:
    file = io.BytesIO(bytes(range(256)) * 16)
    with open_media(file, kind="g722") as opened:
        assert sum(frame.samples for frame in opened.decode(audio=0)) > 4096
