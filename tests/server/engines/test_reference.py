"""Which recordings of a voice can be cloned, and what is told of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import Samples
from server.audio import wav
from server.engines.reference import read_reference
from server.errors import EngineUnavailable
from tests.server.sounds import encoded


def bursts(seconds: float, rate: int, peak: float = 0.3) -> Samples:
    """Sound and silence in turns, as speech has them."""
    time = np.arange(round(seconds * rate)) / rate
    sound = np.sin(2 * np.pi * 200 * time) * (np.sin(2 * np.pi * 1.5 * time) > -0.3)
    return (peak * sound).astype(np.float32)


def recording(folder: Path, audio: Samples, rate: int) -> Path:
    data = np.clip(np.rint(audio * 32767), -32768, 32767).astype("<i2").tobytes()
    path = folder / "jarvis.wav"
    path.write_bytes(wav.header(rate, len(data)) + data)
    return path


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_a_good_recording_has_the_rate_of_the_model(tmp_path: Path, rate: int) -> None:
    audio = read_reference(recording(tmp_path, bursts(12.0, rate), rate), 24_000)
    assert audio.dtype == np.float32
    assert audio.size == pytest.approx(12.0 * 24_000, abs=200)
    assert float(np.max(np.abs(audio))) == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize(
    ("audio", "rate", "told"),
    [
        (bursts(4.2, 24_000), 24_000, "too short: it has 4.2 s"),
        (bursts(31.5, 24_000), 24_000, "too long: it has 31.5 s"),
        (bursts(12.0, 8_000), 8_000, "its rate is 8000 Hz"),
        (bursts(12.0, 24_000, peak=3.0), 24_000, "of its samples are clipped"),
        (bursts(12.0, 24_000, peak=0.001), 24_000, "only 0% of it are loud enough"),
        (np.zeros(12 * 24_000, np.float32), 24_000, "only 0% of it are loud enough"),
        (np.zeros(0, np.float32), 24_000, "too short"),
    ],
)
def test_a_bad_recording_is_named_with_its_fault(
    tmp_path: Path, audio: Samples, rate: int, told: str
) -> None:
    path = recording(tmp_path, audio, rate)
    with pytest.raises(EngineUnavailable) as failed:
        read_reference(path, 24_000)
    assert told in str(failed.value)
    assert str(path) in str(failed.value)


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jarvis.wav"
    with pytest.raises(EngineUnavailable, match=r"no recording .*jarvis\.wav"):
        read_reference(path, 24_000)
    path.write_bytes(b"not a sound at all")
    with pytest.raises(EngineUnavailable, match="cannot be read"):
        read_reference(path, 24_000)


def test_other_containers_under_the_name_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "jarvis.wav"
    path.write_bytes(encoded("flac", "flac", 24_000, ms=11_000))
    assert read_reference(path, 24_000).size == pytest.approx(11 * 24_000, abs=200)
