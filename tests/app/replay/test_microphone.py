"""Recordings as microphones."""

from __future__ import annotations

import os
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio_file import UnreadableAudio, read_audio
from app.replay.microphone import read_microphones
from pipeline.audio import HEARD_RATE


def write_wav(path: Path, rate: int, channels: int, seconds: float = 1.0) -> Path:
    tone = np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate) * 8000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(tone.astype(np.int16), channels).tobytes())
    return path


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16_000, 1), (44_100, 2), (48_000, 2)])
def test_any_rate_becomes_16_khz_mono(tmp_path: Path, rate: int, channels: int) -> None:
    [microphone] = read_microphones([write_wav(tmp_path / "alice.wav", rate, channels)])
    assert microphone.name == "alice"
    assert microphone.seconds == pytest.approx(1.0, abs=0.01)
    assert 7000 < np.abs(microphone.audio).max() < 9000


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bob.ogg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.full((1, 48_000), 3000, np.int16), "s16", "mono")
        frame.rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert read_audio(path).size == pytest.approx(HEARD_RATE, rel=0.05)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio, match=r"missing\.wav does not exist"):
        read_audio(tmp_path / "missing.wav")


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("not audio at all, only words" * 100)
    with pytest.raises(UnreadableAudio, match=r"notes\.wav is not audio that is known here"):
        read_audio(path)


def test_a_name_that_is_not_utf_8_is_text_that_any_program_reads(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.wav"))
    [microphone] = read_microphones([write_wav(odd, HEARD_RATE, 1)])
    assert microphone.name == "bad\\udcff"


def test_every_bad_recording_is_named(tmp_path: Path) -> None:
    good = write_wav(tmp_path / "good.wav", HEARD_RATE, 1)
    empty = tmp_path / "empty.wav"
    empty.touch()
    with pytest.raises(UnreadableAudio) as refused:
        read_microphones([tmp_path / "no.wav", good, empty])
    assert str(refused.value) == f"{tmp_path}/no.wav does not exist\n{empty} is empty"


def test_a_file_that_is_cut_off_is_named_without_the_words_of_ffmpeg(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", HEARD_RATE, 1).read_bytes()
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole[:30])
    with pytest.raises(UnreadableAudio, match=r"known here, or it is damaged or cut off|no audio"):
        read_audio(cut)


def test_an_empty_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio, match=r"has no audio|damaged or cut off"):
        read_audio(write_wav(tmp_path / "empty.wav", 16_000, 1, 0.0))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_samples_that_are_no_numbers_are_refused(
    tmp_path: Path, kind: type[np.floating], value: float
) -> None:
    path = tmp_path / "broken.wav"
    samples = np.zeros(32_000, kind)
    write_floats(path, samples)
    assert not read_audio(path).any()
    samples[20_000] = value
    write_floats(path, samples)
    with pytest.raises(UnreadableAudio, match=r"broken\.wav has a sample that is not.* 1\.[0-9] s"):
        read_audio(path)


def write_floats(path: Path, samples: NDArray[np.floating]) -> None:
    """``samples`` at 16 kHz as a mono WAV of floating point, which has the format 3."""
    size, data = samples.itemsize, samples.tobytes()
    form = struct.pack("<HHIIHH", 3, 1, 16_000, 16_000 * size, size, 8 * size)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
