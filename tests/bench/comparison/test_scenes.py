"""The audio, and whether the truth about it is true."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from bench.comparison.protocol import RATE
from bench.comparison.scenes import (
    DENSE_S,
    NoSpeech,
    conversation,
    interruptions,
    onset,
    recordings,
    speech_in,
)
from pipeline.audio import Pcm16, Samples, level_db, to_samples


def tone(seconds: float) -> Pcm16:
    at = np.arange(int(seconds * RATE)) / RATE
    return (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def write(path: Path, pcm: Pcm16) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())
    return path


def say(text: str, voice: str) -> Samples:
    """A tone as long as the text, in place of a neural voice."""
    return to_samples(tone(0.05 * len(text)))


def test_people_speak_in_the_stretches_and_nowhere_else() -> None:
    track = conversation(say)
    ends = [stretch.end for stretch in track.stretches]
    starts = [*(stretch.start for stretch in track.stretches[1:]), track.pcm.size]
    assert len(ends) >= 16
    for stretch in track.stretches:
        assert level_db(track.pcm[stretch.start : stretch.end]) == pytest.approx(-23, abs=1)
    for end, start in zip(ends, starts, strict=True):
        assert (start - end) / RATE == pytest.approx(DENSE_S)
        assert level_db(track.pcm[end:start]) < -60


def test_interruptions_begin_while_a_reply_sounds() -> None:
    scene = interruptions(3, say)
    assert len(scene.onsets) == 3
    ends = (*scene.replies[2:], scene.pcm.size / RATE)
    for onset_s, reply_s, following_s in zip(scene.onsets, scene.replies[1:], ends, strict=True):
        assert reply_s + 1 < onset_s < following_s
        at = int(onset_s * RATE)
        assert level_db(scene.pcm[at - RATE : at - RATE // 10]) < -60
        assert level_db(scene.pcm[at : at + RATE // 10]) > -45


def test_speech_is_found_and_short_gaps_belong_to_it() -> None:
    quiet = np.zeros(RATE // 2, np.int16)
    pcm = np.concatenate([quiet, tone(1.0), quiet[: RATE // 10], tone(0.5), quiet, tone(0.4)])
    assert speech_in(pcm) == [
        (RATE // 2, RATE // 2 + int(1.6 * RATE)),
        (int(2.6 * RATE), int(3.0 * RATE)),
    ]
    assert onset(pcm) == RATE // 2


def test_a_recording_is_a_turn_with_its_pauses(tmp_path: Path) -> None:
    pcm = np.concatenate([tone(1.0), np.zeros(RATE, np.int16), tone(1.0)])
    file = write(tmp_path / "talk.wav", pcm)
    track = recordings([file, file])
    assert [stretch.last for stretch in track.stretches] == [False, True, False, True]
    first, second = track.stretches[:2]
    assert (second.start - first.end) / RATE == pytest.approx(1.0, abs=0.02)
    assert track.seconds == pytest.approx(2 * (3.0 + DENSE_S), abs=0.1)


def test_a_silent_recording_is_refused_by_name(tmp_path: Path) -> None:
    file = write(tmp_path / "nobody.wav", np.zeros(RATE, np.int16))
    with pytest.raises(NoSpeech, match=r"nobody\.wav"):
        recordings([file])
