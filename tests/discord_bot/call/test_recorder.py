"""Recordings of a call."""

from __future__ import annotations

import logging
import stat
import wave
from pathlib import Path

import numpy as np
import pytest

from discord_bot.call.recorder import CallRecorder
from pipeline.audio import HEARD_FRAME, HEARD_RATE, Pcm16


class HandClock:
    """A clock that the test sets, in seconds."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def tone(frames: int) -> Pcm16:
    return np.full(frames * HEARD_FRAME, 5000, np.int16)


def read(path: Path) -> Pcm16:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, HEARD_RATE)
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def test_files_begin_with_the_call_and_keep_pauses(tmp_path: Path) -> None:
    clock = HandClock()
    recorder = CallRecorder(tmp_path, 7, 3600, clock)
    for start in (1.0, 3.0):
        for frame in range(50):
            clock.now = 100.0 + start + (frame + 1) * 0.02
            recorder.push(1, "Alice", tone(1))
    clock.now = 102.0
    recorder.push(2, "Böb / Bö", tone(1))
    recorder.close()
    alice = read(recorder.folder / "Alice-1.wav")
    loud = np.abs(alice) > 1000
    assert alice.size == pytest.approx(4 * HEARD_RATE, abs=HEARD_FRAME)
    assert not loud[: int(0.98 * HEARD_RATE)].any()
    assert loud[int(1.02 * HEARD_RATE) : int(1.98 * HEARD_RATE)].all()
    assert not loud[int(2.1 * HEARD_RATE) : int(2.9 * HEARD_RATE)].any()
    assert (recorder.folder / "Böb-Bö-2.wav").exists()


def test_only_the_operator_can_read_them(tmp_path: Path) -> None:
    recorder = CallRecorder(tmp_path / "new", 7, 3600, HandClock())
    recorder.push(1, "../../etc/passwd", tone(1))
    recorder.close()
    (file,) = recorder.folder.iterdir()
    assert file.name == "etc-passwd-1.wav"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(recorder.folder.stat().st_mode) == 0o700


def test_a_recording_ends_at_its_limit(tmp_path: Path) -> None:
    clock = HandClock()
    recorder = CallRecorder(tmp_path, 7, 2.0, clock)
    recorder.push(1, "Alice", tone(1))
    clock.now += 2.1
    assert not recorder.active
    recorder.push(1, "Alice", tone(1))
    recorder.close()
    assert read(recorder.folder / "Alice-1.wav").size == HEARD_FRAME


def test_a_full_disk_ends_it_with_an_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file, where the folder should be")
    recorder = CallRecorder(tmp_path / "taken", 7, 3600, HandClock())
    with caplog.at_level(logging.ERROR):
        recorder.push(1, "Alice", tone(1))
        recorder.close()
    assert "recording stopped" in caplog.text
    assert "discord.recording_dir" in caplog.text
    assert not recorder.active
