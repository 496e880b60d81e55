"""The conversation on one time line, as a wav that any player takes."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import SPOKEN_RATE, Pcm16
from testing.recording import Recording


def loud(seconds: float, level: int = 10_000) -> Pcm16:
    return np.full(round(seconds * SPOKEN_RATE), level, np.int16)


def test_nothing_recorded_is_nothing() -> None:
    recording = Recording()
    recording.add(5.0, loud(0))
    assert recording.mix().shape == (0, 2)


def test_what_was_said_stands_where_it_was_said() -> None:
    recording = Recording()
    recording.add(102.0, loud(0.5))
    recording.add(100.0, loud(1.0))
    mixed = recording.mix()
    assert mixed.shape == (int(2.5 * SPOKEN_RATE), 2)
    sounding = np.abs(mixed[:, 0]) > 0
    assert sounding[: 1 * SPOKEN_RATE].all()
    assert not sounding[1 * SPOKEN_RATE : 2 * SPOKEN_RATE].any()
    assert sounding[2 * SPOKEN_RATE :].all()


@pytest.mark.parametrize(
    ("pan", "left", "right"), [(0.0, 1.0, 1.0), (-0.5, 1.0, 0.5), (0.5, 0.5, 1.0), (-1.0, 1.0, 0.0)]
)
def test_everybody_sits_where_they_were_put(pan: float, left: float, right: float) -> None:
    recording = Recording()
    recording.add(0.0, loud(0.1), pan)
    peak = np.abs(recording.mix()).max(axis=0) / (10_000 * 0.7)
    assert peak.tolist() == pytest.approx([left, right], abs=0.01)


def test_two_at_once_are_added_and_do_not_wrap_around() -> None:
    recording = Recording()
    for _ in range(3):
        recording.add(0.0, loud(0.1, 32_000))
    assert recording.mix().min() == 32_767


def test_the_wav_is_48_khz_stereo_in_a_folder_that_need_not_be_there(tmp_path: Path) -> None:
    recording = Recording()
    recording.add(7.0, loud(0.25))
    path = tmp_path / "new" / "talk.wav"
    assert recording.save(path) == 0.25
    with wave.open(str(path)) as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes())
        assert shape == (2, 2, 48_000, 12_000)
        frames = np.frombuffer(file.readframes(12_000), np.int16).reshape(-1, 2)
    assert (frames == recording.mix()).all()


def test_an_empty_conversation_is_an_empty_wav(tmp_path: Path) -> None:
    assert Recording().save(tmp_path / "talk.wav") == 0.0
    with wave.open(str(tmp_path / "talk.wav")) as file:
        assert file.getnframes() == 0
