from __future__ import annotations

import numpy as np
import pytest

from server.audio.container import Container, detect_container, mp3_frame_bytes
from tests.server.sounds import encoded, pcm, wav_file

MP3 = encoded("mp3", "libmp3lame", 24_000)
BARE_MP3 = MP3[MP3.index(b"\xff\xf3") :]
MP3_44100 = encoded("mp3", "libmp3lame", 44_100)


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (wav_file(24_000), Container.WAV),
        (MP3, Container.MP3),
        (BARE_MP3, Container.MP3),
        (MP3_44100[MP3_44100.index(b"\xff\xfb") :], Container.MP3),
        (encoded("ogg", "libopus", 48_000), Container.OTHER),
        (encoded("flac", "flac", 24_000), Container.OTHER),
        (encoded("ipod", "aac", 44_100), Container.OTHER),
        (pcm(24_000), Container.PCM),
    ],
    ids=["wav", "mp3 with tag", "mp3", "mp3 44100", "ogg", "flac", "m4a", "pcm"],
)
def test_each_container_is_detected_by_its_first_bytes(data: bytes, container: Container) -> None:
    assert detect_container(data[:2000], complete=False, asked_for_pcm=True) is container


def test_quiet_samples_that_look_like_a_frame_header_stay_samples() -> None:
    # -1025 and 7312 are the bytes FF FB 90 1C, a valid header of MPEG 1 layer III.
    samples = np.array([-1025, 7312] + [-3, 5, 0, -1] * 500, "<i2").tobytes()
    assert mp3_frame_bytes(samples) == 417
    assert detect_container(samples, complete=False, asked_for_pcm=True) is Container.PCM


def test_samples_of_minus_one_are_not_a_frame_header() -> None:
    assert detect_container(b"\xff" * 200, complete=False, asked_for_pcm=True) is Container.PCM


def test_too_few_bytes_wait_for_more() -> None:
    assert detect_container(b"RIFF", complete=False, asked_for_pcm=True) is None
    assert detect_container(BARE_MP3[:100], complete=False, asked_for_pcm=True) is None


def test_a_complete_response_is_always_detected() -> None:
    assert detect_container(b"", complete=True, asked_for_pcm=True) is Container.PCM
    assert detect_container(b"\x01\x02", complete=True, asked_for_pcm=False) is Container.OTHER
    length = mp3_frame_bytes(BARE_MP3)
    assert length is not None
    assert detect_container(BARE_MP3[:length], complete=True, asked_for_pcm=True) is Container.MP3


def test_bytes_without_magic_are_samples_only_if_requested() -> None:
    assert detect_container(pcm(24_000), complete=False, asked_for_pcm=False) is Container.OTHER


@pytest.mark.parametrize(
    ("head", "length"),
    [
        ("FFFB9000", 417),
        ("FFFB9200", 418),
        ("FFF38400", 192),
        ("FFE3D400", 864),
        ("FFFBF000", None),
        ("FFFB0000", None),
        ("FFFB9C00", None),
        ("FFEB9000", None),
        ("FFFD9000", None),
        ("FEFB9000", None),
        ("FFFB90", None),
    ],
)
def test_the_length_of_a_frame_is_read_from_its_header(head: str, length: int | None) -> None:
    assert mp3_frame_bytes(bytes.fromhex(head)) == length
